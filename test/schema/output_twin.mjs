// output_twin.mjs: annotations before a second engine: @hyperjump/json-schema must annotate the same
// values by the same schemas.
//
//     node output_twin.mjs FOLDER TWIN
//
// Every schema within every schema of the official suite gets its own pointer as `title`; what is
// compared for each valid instance is which value bears which titles. The other engine is looked for
// in FOLDER/node_modules and fetched there once by npm. Without it and a network, or without the
// suite, the test is skipped (exit code 77). What stands under propertyNames annotates names there,
// which have no place in an instance; here it annotates nothing.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const SUITE = "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance/tests";
const [folder, twin] = process.argv.slice(2);
const require = createRequire(resolve(folder, "twin.js"));

function skip(reason) {
  console.log(`skipped: ${reason}`);
  process.exit(77);
}

const load = (path) => import(pathToFileURL(require.resolve(`@hyperjump/json-schema/${path}`)));

async function loadAll() {
  await load("draft-2019-09");
  return [await load("draft-2020-12"), await load("experimental"), await load("instance/experimental")];
}

async function loadOrFetch() {
  try {
    return await loadAll();
  } catch {
    mkdirSync(folder, { recursive: true });
    const quiet = ["--silent", "--no-audit", "--no-fund", "--no-package-lock"];
    execFileSync("npm", ["install", "--prefix", folder, ...quiet, "@hyperjump/json-schema@1.18.0"], {
      stdio: "ignore",
      timeout: 60_000,
    });
    return await loadAll();
  }
}

// ---- schemas that say where they are ----

const SCHEMA = ["additionalItems", "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then",
  "unevaluatedItems", "unevaluatedProperties"];
const LIST = ["allOf", "anyOf", "items", "oneOf", "prefixItems"];
const MAP = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];

function addTitles(schema, at) {
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) return;
  for (const [keyword, value] of Object.entries(schema)) {
    const here = `${at}/${keyword}`;
    if (SCHEMA.includes(keyword)) addTitles(value, here);
    if (LIST.includes(keyword) && Array.isArray(value)) value.forEach((item, i) => addTitles(item, `${here}/${i}`));
    if (MAP.includes(keyword)) for (const [name, item] of Object.entries(value)) addTitles(item, `${here}/${name}`);
  }
  schema.title = at;
}

// ---- the two engines ----

async function theirTitles(engine, group, dialect, uri) {
  const [{ registerSchema }, { AnnotationsPlugin, BASIC, compile, getSchema, interpret }, Instance] = engine;
  registerSchema(structuredClone(group.schema), uri, dialect);
  const compiled = await compile(await getSchema(uri));
  return (data) => {
    const plugin = new AnnotationsPlugin();
    const output = interpret(compiled, Instance.fromJs(data), { outputFormat: BASIC, plugins: [plugin] });
    if (!output.valid) return null;
    return plugin.annotations.filter((note) => note.keyword.endsWith("/title") && !note.instanceLocation.includes("*"))
      .map((note) => `${decodeURIComponent(note.instanceLocation.replace(/^#/, ""))} ${note.annotation}`).sort();
  };
}

function ourTitles(output) {
  return output.annotations.filter((unit) => unit.keywordLocation.endsWith("/title") && typeof unit.annotation === "string")
    .map((unit) => `${unit.instanceLocation} ${unit.annotation}`).sort();
}

// The valid cases of a draft with the titles that the other engine gives.
async function casesOf(engine, name) {
  const cases = [];
  for (const file of readdirSync(`${SUITE}/draft${name}`).filter((entry) => entry.endsWith(".json"))) {
    for (const [i, group] of JSON.parse(readFileSync(`${SUITE}/draft${name}/${file}`)).entries()) {
      if (typeof group.schema !== "object") continue;
      addTitles(group.schema, "");
      let titles;
      try {
        titles = await theirTitles(engine, group, `https://json-schema.org/draft/${name}/schema`, `http://${name}.example/${file}/${i}`);
      } catch {
        continue; // it refers to documents that are not at hand
      }
      for (const { data, description } of group.tests.filter((test) => test.valid))
        cases.push({ name, schema: group.schema, data, description, theirs: titles(data) });
    }
  }
  return cases;
}

if (!existsSync(SUITE)) skip("install libtest-json-schema-acceptance-perl to run the suite");
let engine;
try {
  engine = await loadOrFetch();
} catch {
  skip("@hyperjump/json-schema is not installed and cannot be fetched (npm, network)");
}
const all = [...await casesOf(engine, "2020-12"), ...await casesOf(engine, "2019-09")];
const cases = all.filter((one) => one.theirs !== null);
const input = cases.map((one) => `${one.name}\n${JSON.stringify(one.schema)}\n${JSON.stringify(one.data)}\n`).join("");
const answers = execFileSync(twin, { input, maxBuffer: 1 << 28, encoding: "utf8" }).trimEnd().split("\n");

let same = 0, refused = 0, differ = 0;
for (const [i, one] of cases.entries()) {
  if (answers[i] === "refused") {
    refused++; // a document that is not at hand here
    continue;
  }
  const ours = ourTitles(JSON.parse(answers[i]));
  if (JSON.stringify(ours) === JSON.stringify(one.theirs)) {
    same++;
    continue;
  }
  differ++;
  console.log(`${one.name}: ${one.description}\n  ${JSON.stringify(one.schema)}\n  ${JSON.stringify(one.data)}`, { ours, theirs: one.theirs });
}
console.log(`${same} of ${cases.length} cases annotate the same, ${differ} differ, ${refused} refer to documents not at hand`);
process.exit(differ === 0 && answers.length === cases.length && same > 1000 ? 0 : 1);
