// Prints what cdk-nag finds in a CloudFormation template: one "RULE RESOURCE" a line.
// node judge.cjs TEMPLATE EMPTY_FOLDER, with the packages of package.json in NODE_PATH.
"use strict";

const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { App, Stack, Validations } = require("aws-cdk-lib");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");
const { AwsSolutionsChecks, ServerlessChecks } = require("cdk-nag");

const [templateFile, outdir] = process.argv.slice(2);
const reportFile = join(outdir, "validation-report.json");
const app = new App({ outdir });
new CfnInclude(new Stack(app, "Stack"), "Template", { templateFile });
const packs = [new AwsSolutionsChecks(app), new ServerlessChecks(app)];
Validations.of(app).addPlugins(...packs);
try {
  app.synth();
} catch (error) {
  // It throws when there are findings, after it has written its report.
  if (!existsSync(reportFile)) throw error;
}

const names = packs.map((pack) => pack.name);
const { pluginReports } = JSON.parse(readFileSync(reportFile, "utf8"));
const judged = pluginReports.filter((report) => names.includes(report.pluginName));
if (judged.length !== names.length) throw new Error(`only ${judged.length} of ${names} have judged`);
for (const { violations } of judged) {
  for (const { ruleName, violatingConstructs } of violations) {
    for (const { constructPath } of violatingConstructs) {
      console.log(`${ruleName} ${constructPath.split("/").pop()}`);
    }
  }
}
