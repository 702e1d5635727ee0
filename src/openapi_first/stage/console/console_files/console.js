// The console of a stage. Everything from a request is shown as text, never as markup.
const KEPT = 200;
const $ = (id) => document.getElementById(id);
const make = (tag, text, attributes = {}) => {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};
const load = async (name) => (await fetch(name, { cache: "no-store" })).json();

const tabs = [...document.querySelectorAll('[role="tab"]')];
const refresh = { "tab-docs": showDocumentation, "tab-coverage": showCoverage, "tab-usage": showUsage };

function select(tab, focus) {
  for (const other of tabs) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    $(other.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (focus) tab.focus();
  refresh[tab.id]?.();
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", (event) => {
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    select(tabs.at(to % tabs.length), true);
  });
}

const about = await load("about");
const base = `${location.origin}${about.base}`;
document.title = `${about.title || "API"}: stage ${about.stage}`;
$("title").textContent = about.title || "Stage";
$("base").textContent = base;

let seen = 0;
const events = new EventSource("events");
let known = new Set();
events.onopen = () => $("count").removeAttribute("data-lost");
events.onerror = () => { $("count").textContent = "No connection to the stage; retrying."; };
events.onmessage = (event) => {
  const row = JSON.parse(event.data);
  if (known.has(row.id)) return;  // sent again after a reconnection
  known.add(row.id);
  seen += 1;
  $("count").textContent = `${seen} request${seen === 1 ? "" : "s"}`;
  $("rows").prepend(rendered(row));
  while ($("rows").querySelectorAll("tr.row").length > KEPT) {
    const last = [...$("rows").querySelectorAll("tr.row")].at(-1);
    known.delete(last.dataset.id);
    last.nextElementSibling?.remove();
    last.remove();
  }
};

function rendered(row) {
  const line = make("tr", null, { class: "row", "data-id": row.id });
  const open = make("button", `${row.method} ${row.path}`, { class: "open", "aria-expanded": "false" });
  const cell = make("td");
  cell.append(open);
  const route = make("td", null, { "data-label": "Route" });
  for (const segment of row.resource?.split(/(?=\/)/) ?? []) route.append(make("wbr"), segment);
  line.append(
    cell,
    route,
    make("td", row.status, { "data-label": "Status", class: row.status < 400 ? "good" : row.status < 500 ? "warn" : "bad" }),
    make("td", row.refused_by ? `${row.refused_by}${row.answered_by === row.answered_by.toUpperCase() ? ` (${row.answered_by})` : ""}` : "", { "data-label": "Refused by" }),
    make("td", `${row.milliseconds} ms`, { "data-label": "Time" }),
    make("td", row.cold === null ? "" : row.cold ? "cold" : "warm", { "data-label": "Start" }),
  );
  open.addEventListener("click", async () => {
    const expanded = open.getAttribute("aria-expanded") === "true";
    open.setAttribute("aria-expanded", String(!expanded));
    if (expanded) { line.nextElementSibling.remove(); return; }
    const detail = make("tr", null, { class: "detail" });
    const inner = make("td", null, { colspan: 6 });
    detail.append(inner);
    line.after(detail);
    inner.append(...details(await load(`requests/${row.id}`)));
  });
  const fragment = document.createDocumentFragment();
  fragment.append(line);
  return fragment;
}

function details(one) {
  if (one.message) return [make("p", one.message)];
  const head = (list) => list.map(([name, value]) => `${name}: ${value}`).join("\n");
  const parts = [];
  const part = (title, text) => { if (text) parts.push(make("h3", title), make("pre", text, { tabindex: 0 })); };
  part("Why", one.reason);
  part("By the contract", one.own_reasons?.join("\n"));
  const copy = make("button", "Replay as curl");
  const command = make("pre", null, { tabindex: 0, hidden: "" });
  copy.addEventListener("click", async () => {
    command.textContent = curl(one);
    command.hidden = false;
    try { await navigator.clipboard.writeText(command.textContent); copy.textContent = "Copied as curl"; }
    catch { copy.textContent = "Replay as curl (select and copy)"; }
  });
  parts.push(copy, command);
  part("Request", `${one.method} ${one.path}${one.query ? `?${one.query}` : ""}\n${head(one.request_headers)}`);
  part("Request body", pretty(one.request_body));
  part("Event", one.event && pretty(one.event));
  part("Response", `${one.status}\n${head(one.response_headers)}`);
  part("Response body", pretty(one.response_body));
  return parts;
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

function curl(one) {
  const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const own = new Set(["host", "connection", "content-length", "accept-encoding", "transfer-encoding"]);
  const parts = ["curl -i --path-as-is"];
  if (one.method !== "GET") parts.push(`-X ${quote(one.method)}`);
  for (const [name, value] of one.request_headers) if (!own.has(name.toLowerCase())) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  if (one.request_body) parts.push(`--data-binary ${quote(one.request_body)}`);
  parts.push(quote(`${location.origin}${one.path}${one.query ? `?${one.query}` : ""}`));
  return parts.join(" \\\n  ");
}

let documented = false;
async function showDocumentation() {
  if (documented || typeof SwaggerUIBundle === "undefined") return;
  documented = true;
  const spec = await load("document");
  spec.servers = [{ url: base }];
  const ui = SwaggerUIBundle({
    spec, dom_id: "#viewer", deepLinking: false, validatorUrl: null, tryItOutEnabled: true,
    onComplete: () => {
      for (const [name, scheme] of Object.entries(spec.components?.securitySchemes ?? {})) {
        const isKey = scheme.type === "apiKey" && scheme.name?.toLowerCase() === "x-api-key";
        const token = about.tokens[name];
        if (isKey && about.api_key) ui.preauthorizeApiKey(name, about.api_key);
        else if (token) ui.preauthorizeApiKey(name, token);
      }
    },
  });
}

let counted = "";
async function showCoverage() {
  const value = await load("coverage");
  const text = JSON.stringify(value);
  if (text === counted) return;
  counted = text;
  const { report, statuses, unread } = value;
  const hidden = report === null;
  $("covered").textContent = hidden ? "Nobody has said what to expect of this document." : `Coverage: ${report.summary}`;
  if (hidden) return;
  const kinds = report.kinds.filter(({ kind }) => kind !== "status");
  $("coverage-head").replaceChildren(...["Operation", "Statuses", ...kinds.map(({ title }) => title)]
    .map((title, index) => make("th", title, { scope: "col", class: index > 1 ? "number" : "" })));
  const shown = report.operations.filter((one) => one.statuses.length || Object.keys(one.kinds).length);
  $("coverage-rows").replaceChildren(...shown.map((operation) => {
    const line = make("tr");
    const all = make("td", null, { "data-label": "Statuses", class: "statuses" });
    all.append(...operation.statuses.map((one) => chip(one, operation.statuses, statuses[operation.operation] ?? {})));
    line.append(
      make("th", operation.operation === "*" ? "the API" : operation.operation, { scope: "row" }),
      all,
      ...kinds.map(({ kind, title }) => {
        const tally = operation.kinds[kind];
        if (!tally || !tally.counted) return make("td", "", { class: "number" });
        const whole = tally.seen === tally.counted;
        return make("td", `${tally.seen}/${tally.counted}`, { "data-label": title, class: whole ? "number good" : "number" });
      }),
    );
    return line;
  }));
  const pair = ([operation, key]) => `${operation === "*" ? "the API" : operation}: ${key.replaceAll("|", " ")}`;
  const lists = [
    ["undeclared", "Seen, but not declared", report.undocumented.map(pair), "bad"],
    ["unseen", "Never seen", report.missing.map(pair), ""],
    ["uncounted", "Not counted", report.not_counted.map((one) => `${one.operation === "*" ? "the API" : one.operation}: ${one.part}: ${one.reason}`), "warn"],
    ["unread", "Requests that could not be read", Object.entries(unread).map(([why, count]) => `${why} (${count})`), "bad"],
    ["impossible", "No request can cause", report.no_request_can_cause.map(pair), ""],
  ];
  const open = new Set([...$("coverage-lists").querySelectorAll("details[open]")].map((one) => one.dataset.list));
  $("coverage-lists").replaceChildren(...lists.filter(([, , lines]) => lines.length).map(([id, title, lines, kind]) => {
    const details = make("details", null, { "data-list": id });
    details.open = open.has(id);
    const list = make("ul");
    list.append(...lines.map((line) => make("li", line)));
    details.append(make("summary", `${title} (${lines.length})`, { class: kind }), list);
    return details;
  }));
}

// One status of an operation. A range and `default` also list what was sent for them.
function chip(one, all, exact) {
  const named = new Set(all.map(({ status }) => status));
  const range = (status) => `${status[0]}XX`;
  const sent = Object.entries(exact).filter(([status]) => !named.has(status)
    && (one.status === range(status) || (one.status === "default" && !named.has(range(status)))));
  const failed = one.status[0] === "5" || sent.some(([status]) => status[0] === "5");
  const list = sent.map(([status, count]) => `${status} × ${count}`).join(", ");
  const text = {
    seen: `${one.status} × ${one.count}${list && ` (${list})`}`,
    undeclared: `${one.status} × ${one.count}, not declared`,
  }[one.state] ?? `${one.status}, ${one.state}`;
  const kind = { seen: failed ? "warn" : "good", undeclared: "bad" }[one.state] ?? "quiet";
  return make("span", text, { class: `chip ${kind}` });
}

async function showUsage() {
  const { plans } = await load("usage");
  if (!plans.length) {
    $("plans").replaceChildren(make("p", "No usage plans. Start the stage with --rate, --quota or --plans."));
    return;
  }
  $("plans").replaceChildren(...plans.flatMap((plan) => [
    make("h2", plan.name),
    ...plan.keys.flatMap((key) => {
      const parts = [make("h3", key.enabled ? key.id : `${key.id} (disabled)`)];
      parts.push(make("p", `${key.requests} requests, ${key.throttled} throttled, ${key.over_quota} over quota`));
      if (key.quota) {
        parts.push(make("p", `Quota: ${key.quota.used} of ${key.quota.limit} used, resets at ${key.quota.resets_at}`));
        parts.push(make("meter", null, { min: 0, max: Math.max(1, key.quota.limit), value: key.quota.used, "aria-label": `quota used by ${key.id}` }));
      }
      if (key.tokens !== undefined) {
        parts.push(make("p", `Burst: ${key.tokens} of ${plan.throttle.burstLimit} tokens left`));
        parts.push(make("meter", null, { min: 0, max: Math.max(1, plan.throttle.burstLimit), value: key.tokens, "aria-label": `tokens left for ${key.id}` }));
      }
      return parts;
    }),
  ]));
}
setInterval(() => {
  if (!$("usage").hidden) showUsage();
  if (!$("coverage").hidden) showCoverage();
}, 2000);
