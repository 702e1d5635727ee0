// The session of the TypeScript client: BASE_URL KEY.
import { createClient, type components } from "items-api-client";

declare const process: { argv: string[] };

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

const [url, key] = process.argv.slice(2);
check(url !== undefined && key !== undefined, "arguments");
const api = createClient({ baseUrl: url, headers: { "x-api-key": key } });

const created = await api.POST("/items", { body: { name: "Guide" } });
check(created.response.status === 201 && created.data !== undefined, "created");
const item: components["schemas"]["Item"] = created.data;
const ifMatch = created.response.headers.get("ETag") ?? "";
const params = { path: { id: item.id } };

const read = await api.GET("/items/{id}", { params });
check(read.data?.name === "Guide", "read");
const page = await api.GET("/items", { params: { query: { limit: 100 } } });
check(page.data?.items.some((each) => each.id === item.id) === true, "listed");

const body = { name: "Guide", description: "Second edition" };
const matching = { ...params, header: { "If-Match": ifMatch } };
const updated = await api.PUT("/items/{id}", { params: matching, body });
check(updated.data?.description === "Second edition", "updated");
const stale = await api.PUT("/items/{id}", { params: matching, body });
check(stale.response.status === 412 && stale.error !== undefined, "stale");
// API Gateway's own 413, 414 and 431 have text or a message: any operation can answer with them.
const problem = typeof stale.error !== "string" && "title" in stale.error ? stale.error : undefined;
check(problem?.title === "Precondition Failed", "problem");

const gone = await api.DELETE("/items/{id}", { params });
check(gone.response.status === 204, "deleted");
const missing = await api.GET("/items/{id}", { params });
check(missing.response.status === 404, "missing");
const refused = await createClient({ baseUrl: url }).GET("/items/{id}", { params });
check(refused.response.status === 403, "refused");

// @ts-expect-error The contract has no such member.
void (() => api.POST("/items", { body: { colour: "red" } }));
// @ts-expect-error The contract has no such path.
void (() => api.GET("/things"));
