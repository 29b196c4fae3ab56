// judge.mjs: a second judge for the case tables: ajv must give the same verdicts and name the same
// paths.
//
//     node judge.mjs FOLDER CONTRACTS CASES…
//
// CASES are files NAME.ndjson, each held against CONTRACTS/NAME.json. ajv is in FOLDER or fetched
// there (ajv.mjs); without it and without a network the test is skipped (exit code 77). A case with
// an "ajv" member is left out: it says in what ajv differs from the standard.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ajvFrom } from "./ajv.mjs";

const [folder, contracts, ...tables] = process.argv.slice(2);
const compile = ajvFrom(folder);
if (compile === undefined) {
  console.log("skipped: ajv is not installed and cannot be fetched (npm, network)");
  process.exit(77);
}

const escape = (name) => name.replaceAll("~", "~0").replaceAll("/", "~1");

// What must be mended: for a missing or surplus member its own pointer.
function subject(error) {
  const child =
    error.params.missingProperty ?? error.params.additionalProperty ?? error.params.unevaluatedProperty;
  return child === undefined ? error.instancePath : `${error.instancePath}/${escape(child)}`;
}

const CHOICES = new Set(["anyOf", "oneOf", "contains"]);

// What is said otherwise than the case has it, or nothing. Below a choice ajv names what could be
// mended beside what must be, so there the case's pointers need only be among them.
function difference(validate, { event, errors, valid = errors.length === 0 }) {
  if (validate(event) !== valid) return `ajv says: ${valid ? "not valid" : "valid"}`;
  const all = validate.errors ?? [];
  const found = new Set(all.filter((e) => e.keyword !== "if").map(subject));
  const expected = new Set(errors.map((e) => e.pointer));
  const surplus = all.some((e) => CHOICES.has(e.keyword)) ? [] : [...found].filter((p) => !expected.has(p));
  const missing = [...expected].filter((p) => !found.has(p));
  if (surplus.length + missing.length === 0) return undefined;
  return `expected: ${[...expected].sort()}\n  ajv says: ${[...found].sort()}`;
}

let differ = 0;
for (const table of tables) {
  const name = basename(table, ".ndjson");
  const validate = compile(JSON.parse(readFileSync(join(contracts, `${name}.json`), "utf8")));
  const cases = readFileSync(table, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const judged = cases.filter((one) => one.ajv === undefined);
  let bad = 0;
  for (const one of judged) {
    const words = difference(validate, one);
    if (words === undefined) continue;
    bad++;
    console.log(`not ok - ${name}: ${one.name}\n  ${words}`);
  }
  console.log(`${name}: ${judged.length} cases judged, ${cases.length - judged.length} left out, ${bad} differ`);
  differ += bad;
}
process.exit(differ > 0 ? 1 : 0);
