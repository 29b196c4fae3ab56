// peers_judges.mjs: the three judges, each asked for the verdicts of one schema on some instances.
//
// A judge answers with a string of one character an instance, '1' valid or '0' invalid, or with
// "refused" and its reason when it does not take the schema. The peers are looked for in
// FOLDER/node_modules, and fetched there once by npm when they are absent.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const wanted = ['ajv@8.20.0', 'ajv-formats@3.0.1', '@sourcemeta/jsonschema@16.11.0'];

function load(folder) {
  const require = createRequire(resolve(folder, 'peers.js'));
  const main = require.resolve('@sourcemeta/jsonschema');
  const libc = process.report.getReport().header.glibcVersionRuntime === undefined ? '-musl' : '';
  const machine = process.arch === 'x64' ? 'x86_64' : process.arch;
  return {
    ajv: { '2020-12': require('ajv/dist/2020').default, '2019-09': require('ajv/dist/2019').default, 7: require('ajv').default },
    addFormats: require('ajv-formats').default,
    // The program itself: the package's own starter costs a node for each schema.
    sourcemeta: join(main, '..', '..', 'build', 'github-releases', `jsonschema-${process.platform}-${machine}${libc}`),
  };
}

// Several tests may fetch at once: each into a folder of its own, which then appears whole or not at all.
export function fetchPeers(folder) {
  try {
    return load(folder);
  } catch {
    mkdirSync(folder, { recursive: true });
    const own = mkdtempSync(join(folder, 'fetched-'));
    const quiet = ['--silent', '--no-audit', '--no-fund', '--no-package-lock'];
    execFileSync('npm', ['install', '--prefix', own, ...quiet, ...wanted], { stdio: 'ignore', timeout: 300_000 });
    try {
      renameSync(join(own, 'node_modules'), join(folder, 'node_modules'));
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    }
    rmSync(own, { recursive: true, force: true });
    return load(folder);
  }
}

// ---- steno ----

// Words for many lines at once: lines is a list of {schemas, instances, formats}, of texts. For a
// line that is no JSON the one word is "unreadable".
export function askSteno(driver, lines) {
  const input = lines.map(({ schemas, instances, formats }) =>
    `{"formats":${formats === true},"schemas":[${schemas.join(',')}],"instances":[${instances.join(',')}]}\n`).join('');
  const run = spawnSync(driver, { input, maxBuffer: 1 << 30 });
  const answers = run.stdout.toString().split('\n');
  if (run.status !== 0 || answers.length !== lines.length + 1)
    throw new Error(`${driver} ended with ${run.status ?? run.signal} at line ${answers.length}: ${run.stderr}\n${input.split('\n')[answers.length - 1]}`);
  return lines.map((_, i) => answers[i].split('\t').slice(0, -1));
}

// ---- ajv ----

// Every schema has an ajv of its own: one remembers the names inside the schemas that it has seen.
// The schemas are held against their metaschema by the other two judges. Books of what was evaluated
// are kept only where unevaluated… reads them: keeping them makes it fail where nothing asks.
export class AskAjv {
  constructor(peers, options = {}) {
    const { formats, ...others } = options;
    Object.assign(this, { peers, formats: formats === true });
    this.options = { strict: false, logger: false, validateSchema: false, multipleOfPrecision: 9, validateFormats: this.formats, ...others };
  }
  verdicts(dialect, schemaText, instances) {
    try {
      const schema = JSON.parse(schemaText);
      const ajv = new this.peers.ajv[dialect](this.options);
      if (!/"unevaluated/.test(JSON.stringify(schema))) ajv.opts.unevaluated = false;
      if (this.formats) this.peers.addFormats(ajv);
      const validate = ajv.compile(schema);
      return instances.map((text) => (validate(JSON.parse(text)) ? '1' : '0')).join('');
    } catch (error) {
      return `refused ${error.message}`;
    }
  }
}

// ---- sourcemeta ----

export class AskSourcemeta {
  constructor(peers, folder, options = {}) {
    Object.assign(this, { program: peers.sourcemeta, options });
    mkdirSync(folder, { recursive: true });
    this.schema = join(folder, 'schema.json');
    this.lines = join(folder, 'instances.jsonl');
  }
  // fast: its other way of compiling, which has other bugs.
  verdicts(dialect, schemaText, instances, fast = false) {
    writeFileSync(this.schema, schemaText);
    writeFileSync(this.lines, instances.map((text) => `${text}\n`).join(''));
    const flags = ['--continue', ...(fast ? ['--fast'] : []), ...(this.options.formats ? ['--format-assertion'] : [])];
    const run = spawnSync(this.program, ['validate', this.schema, this.lines, ...flags], { maxBuffer: 1 << 28, timeout: 30_000 });
    // It names the lines that fail, not in their order, and closes with how many it has read.
    const out = run.stdout.toString() + run.stderr.toString();
    const failed = [...out.matchAll(/^fail: .*instances\.jsonl \(entry #([0-9]+)\)$/gm)].map(([, line]) => Number(line));
    const whole = out.includes(`${instances.length} validated, ${instances.length - failed.length} passed, ${failed.length} failed`);
    if (failed.length === 0 ? run.status !== 0 : !whole) return `refused ${run.signal ?? `exit ${run.status}`}: ${out.slice(0, 500)}`.replace(/\s+/g, ' ');
    return instances.map((_, at) => (failed.includes(at + 1) ? '0' : '1')).join('');
  }
}
