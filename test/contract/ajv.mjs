// ajv.mjs: ajv as a judge of contracts, for the tests that have one.
//
// ajv and ajv-formats are looked for in a folder's node_modules, and fetched there once by npm when
// they are absent.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

function load(folder) {
  const require = createRequire(resolve(folder, 'judge.js'));
  return [require('ajv/dist/2020').default, require('ajv-formats').default];
}

function loadOrFetch(folder) {
  try {
    return load(folder);
  } catch {
    mkdirSync(folder, { recursive: true });
    const quiet = ['--silent', '--no-audit', '--no-fund', '--no-package-lock'];
    execFileSync('npm', ['install', '--prefix', folder, ...quiet, 'ajv@8.17.1', 'ajv-formats@3.0.1'], {
      stdio: 'ignore',
      timeout: 60_000,
    });
    return load(folder);
  }
}

// A function that compiles a contract, with the formats that it asserts; the others only describe.
// undefined: ajv is not there and cannot be fetched.
export function ajvFrom(folder, options = {}) {
  let Ajv, addFormats;
  try {
    [Ajv, addFormats] = loadOrFetch(folder);
  } catch {
    return undefined;
  }
  return (contract) => {
    const ajv = new Ajv({ allErrors: true, strict: false, logger: false, ...options });
    const asserted = contract['x-steno'].assert_formats;
    if (asserted === undefined) addFormats(ajv);
    else if (asserted.length > 0) addFormats(ajv, asserted);
    return ajv.compile(contract);
  };
}
