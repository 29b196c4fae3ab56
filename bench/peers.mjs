// peers.mjs: the validators from npm that we are compared with, installed in a folder once.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

// One list: what is installed, with the version that the figures in docs/benchmarks.md name.
export const PACKAGES = { '@sourcemeta/jsonschema': '16.11.0', ajv: '8.17.1', 'ajv-draft-04': '1.0.0' };

const QUIET = ['--silent', '--no-audit', '--no-fund', '--no-package-lock'];

// Whether all of them are in the folder; what is missing is fetched if it can be.
export function peersIn(folder) {
  const has = (name) => existsSync(join(folder, 'node_modules', name, 'package.json'));
  const missing = Object.keys(PACKAGES).filter((name) => !has(name));
  if (missing.length === 0) return true;
  mkdirSync(folder, { recursive: true });
  try {
    const versions = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
    execFileSync('npm', ['install', '--prefix', folder, ...QUIET, ...versions], { stdio: 'ignore', timeout: 180_000 });
  } catch {
    return false;
  }
  return Object.keys(PACKAGES).every(has);
}

export const sourcemeta = (folder) => join(folder, 'node_modules', '.bin', 'jsonschema');

// ajv for the dialect that a schema names; formats are annotations.
export function ajvFor(folder, schema) {
  const require = createRequire(resolve(folder, 'peers.js'));
  const options = { strict: false, logger: false, validateFormats: false, multipleOfPrecision: 5 };
  const dialect = schema.$schema ?? '';
  const entry = dialect.includes('draft-04') ? 'ajv-draft-04'
    : dialect.includes('2019-09') ? 'ajv/dist/2019'
    : dialect.includes('draft-0') ? 'ajv' : 'ajv/dist/2020';
  const Ajv = require(entry).default;
  const ajv = new Ajv(options);
  if (dialect.includes('draft-06')) ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'));
  return ajv;
}
