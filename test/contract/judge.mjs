// judge.mjs: a second judge for the case table: ajv must name the same paths.
//
//     node judge.mjs CONTRACT CASES [FOLDER]
//
// ajv and ajv-formats are looked for in FOLDER/node_modules, and fetched there once by npm when
// they are absent. Without them and without a network the test is skipped (exit code 77). A case
// with an "ajv" member is left out: it says in what ajv differs from the standard.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [contract, cases, folder = "."] = process.argv.slice(2);
const require = createRequire(resolve(folder, "judge.js"));

function load() {
  return [require("ajv/dist/2020").default, require("ajv-formats").default];
}

function loadOrFetch() {
  try {
    return load();
  } catch {
    mkdirSync(folder, { recursive: true });
    const quiet = ["--silent", "--no-audit", "--no-fund", "--no-package-lock"];
    execFileSync("npm", ["install", "--prefix", folder, ...quiet, "ajv@8.17.1", "ajv-formats@3.0.1"], {
      stdio: "ignore",
      timeout: 60_000,
    });
    return load();
  }
}

let Ajv, addFormats;
try {
  [Ajv, addFormats] = loadOrFetch();
} catch {
  console.log("skipped: ajv is not installed and cannot be fetched (npm, network)");
  process.exit(77);
}

const escape = (name) => name.replaceAll("~", "~0").replaceAll("/", "~1");

// What must be mended: for a missing or surplus member its own pointer.
function subject(error) {
  const child = error.params.missingProperty ?? error.params.additionalProperty;
  return child === undefined ? error.instancePath : `${error.instancePath}/${escape(child)}`;
}

const ajv = new Ajv({ allErrors: true, strict: false });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(contract, "utf8")));
let judged = 0;
let skipped = 0;
let bad = 0;
for (const line of readFileSync(cases, "utf8").split("\n").filter(Boolean)) {
  const { name, event, errors, ajv: reason } = JSON.parse(line);
  if (reason !== undefined) {
    skipped++;
    continue;
  }
  validate(event);
  const found = (validate.errors ?? []).filter((e) => e.keyword !== "if").map(subject);
  const said = [...new Set(found)].sort().join("\n");
  const expected = [...new Set(errors.map((e) => e.pointer))].sort().join("\n");
  judged++;
  if (said !== expected) {
    bad++;
    console.log(`not ok - ${name}\n  expected: ${expected}\n  ajv says: ${said}`);
  }
}
console.log(`${judged} cases judged, ${skipped} left out, ${bad} differ`);
process.exit(bad > 0 ? 1 : 0);
