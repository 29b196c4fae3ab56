// types.mjs: the declarations of contracts, before the compilers of their languages.
//
//     node types.mjs LANGUAGE DECLARE FOLDER SHAPES CONTRACTS CASES…
//
// DECLARE prints a contract's declarations (declare.c). CASES are files NAME.ndjson, each of the contract
// CONTRACTS/NAME.json; SHAPES is a contract that has all that is hard to declare. In FOLDER the
// declarations are written, and TypeScript is fetched there once by npm; without a compiler the test is
// skipped (exit code 77).
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const [language, declare, folder, shapes, contracts, ...tables] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const skip = (why) => {
    console.log(`skipped: ${why}`);
    process.exit(77);
};
const fail = (what) => {
    console.log(`not ok - ${what}`);
    process.exitCode = 1;
};

const all = [
    { name: 'shapes', file: shapes, cases: [] },
    ...tables.map((table) => {
        const name = basename(table, '.ndjson');
        const cases = readFileSync(table, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
        return { name, file: join(contracts, `${name}.json`), cases };
    }),
];
for (const one of all) {
    one.contract = JSON.parse(readFileSync(one.file, 'utf8'));
    one.text = execFileSync(declare, [one.file, language], { encoding: 'utf8', maxBuffer: 1 << 28 });
}

// The shell's status of a command with its words, or undefined where there is no such program.
function attempt(program, args) {
    const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    return error?.code === 'ENOENT' ? undefined : { status, words: `${stdout}${stderr}` };
}

// ---- C ----

function compileC() {
    const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only'];
    const compilers = [
        ['gcc', '-std=c17', 'c'],
        ['clang', '-std=c17', 'c'],
        ['g++', '-std=c++17', 'c++'],
    ].filter(([program]) => attempt(program, ['--version']) !== undefined);
    if (compilers.length === 0) skip('there is no compiler of C');
    const includes = all.map(({ name, text }) => {
        writeFileSync(join(folder, `${name}.h`), text);
        return `#include "${name}.h"\n`;
    });
    // All of them together: their names do not meet. Twice: their guards hold.
    for (const [program, standard, ending] of compilers) {
        const unit = join(folder, `all.${ending === 'c' ? 'c' : 'cc'}`);
        writeFileSync(unit, `${includes.join('')}${includes.join('')}\nint main(void) { return 0; }\n`);
        const { status, words } = attempt(program, [standard, ...warnings, unit]);
        if (status !== 0) fail(`${program}: ${words}`);
        else console.log(`${program}: ${all.length} headers`);
    }
}

// ---- Python ----

function compilePython() {
    const files = all.map(({ name, text }) => {
        const file = join(folder, `${name.replace(/[-.]/g, '_')}.py`);
        writeFileSync(file, text);
        return file;
    });
    const compiled = attempt('python3', ['-m', 'py_compile', ...files]);
    if (compiled === undefined) skip('there is no Python');
    if (compiled.status !== 0) fail(compiled.words);
    // Where typing has all that is used, every declaration is made, and each name in quotes means one.
    const look = `
import importlib, os, sys, typing
if not hasattr(typing, 'NotRequired'):
    sys.exit(0)
sys.path.insert(0, os.path.dirname(sys.argv[1]))
for file in sys.argv[1:]:
    module = importlib.import_module(os.path.basename(file)[:-3])
    made = [x for x in vars(module).values() if hasattr(x, '__required_keys__')]
    assert made, file
    for one in made:
        typing.get_type_hints(one)
    print(module.__name__, len(made))
`;
    const { status, words } = attempt('python3', ['-c', look, ...files]);
    if (status !== 0) fail(words);
    console.log(words.trim());
}

// ---- TypeScript ----

function typescript() {
    const tsc = join(folder, 'node_modules/typescript/bin/tsc');
    if (!existsSync(tsc)) {
        const quiet = ['--silent', '--no-audit', '--no-fund', '--no-package-lock'];
        spawnSync('npm', ['install', '--prefix', folder, ...quiet, 'typescript@5.9.3'], { timeout: 120_000 });
    }
    if (!existsSync(tsc)) skip('TypeScript is not installed and cannot be fetched (npm, network)');
    return tsc;
}

const pascal = (text) => text.split(/[^A-Za-z0-9]+/).map((w) => w.slice(0, 1).toUpperCase() + w.slice(1)).join('');

function eventName(contract) {
    const name = pascal(contract['x-steno'].name).replace(/Events$/, 'Event');
    return name.endsWith('Event') ? name : `${name}Event`;
}

// A number past those of JavaScript cannot stand in a literal as it stood in the event.
const isFinite = (value) =>
    typeof value === 'number' ? Number.isFinite(value)
    : typeof value !== 'object' || value === null || Object.values(value).every(isFinite);

const typeMember = (contract) =>
    [contract['x-steno'].record.type].flat().flatMap((place) => (typeof place === 'string' ? place : place.at))[0].slice(1);
const known = (contract) => new Set(contract['x-steno'].classify.flatMap((rule) => rule.types ?? []));

// Valid events as typed literals compile; the same with a member of the wrong type, without one that is
// demanded, or of a type that there is not, do not. Each wrong one is expected to be an error of
// its own line.
function literals({ name, contract, cases }) {
    const event = eventName(contract);
    const member = typeMember(contract);
    const types = known(contract);
    const keeps = contract['x-steno'].unknown_types === 'keep';
    const lines = [`import type * as t from "./${name}";`];
    const seen = new Set();
    let right = 0;
    let wrong = 0;
    const expectError = (value, what) => {
        lines.push(`// @ts-expect-error ${what}`, `export const wrong${wrong++}: t.${event} = ${JSON.stringify(value)};`);
    };
    for (const { event: value, errors, valid = errors.length === 0 } of cases) {
        if (!valid || typeof value !== 'object' || value === null || Array.isArray(value) || !isFinite(value)) continue;
        const type = value[member];
        const stated = typeof type === 'string';
        const tagged = Object.keys(contract['x-steno'].tagged ?? {}).some((tag) => tag in value);
        if (tagged || (!stated && member in value)) continue;
        if (stated && !types.has(type)) {
            lines.push(`export const right${right++}: t.Unknown${event} = ${JSON.stringify(value)};`);
            continue;
        }
        if (!stated && keeps) continue; // of no type: read by nobody
        lines.push(`export const right${right++}: t.${event} = ${JSON.stringify(value)};`);
        if (!stated || seen.has(type)) continue;
        seen.add(type);
        expectError({ ...value, [member]: 42 }, 'its type is no text');
        expectError({ ...value, [member]: `${type}!` }, 'there is no such type');
        for (const demanded of contract.required ?? []) {
            const { [demanded]: _, ...rest } = value;
            expectError(rest, `${demanded} is demanded`);
        }
    }
    writeFileSync(join(folder, `${name}.use.ts`), `${lines.join('\n')}\n`);
    return { right, wrong, types: seen.size };
}

function compileTypescript() {
    const tsc = typescript();
    const files = [];
    for (const one of all) {
        writeFileSync(join(folder, `${one.name}.ts`), one.text);
        files.push(join(folder, `${one.name}.ts`));
        if (one.cases.length === 0) continue;
        const { right, wrong, types } = literals(one);
        files.push(join(folder, `${one.name}.use.ts`));
        console.log(`${one.name}: ${right} valid events of ${types} types, ${wrong} wrong ones`);
        if (right === 0 || wrong === 0) fail(`${one.name}: its cases show nothing`);
    }
    const { status, words } = attempt(process.execPath, [
        tsc, '--strict', '--noEmit', '--exactOptionalPropertyTypes', '--target', 'es2022', '--module', 'esnext',
        '--moduleResolution', 'bundler', ...files,
    ]);
    if (status !== 0) fail(words);
}

({ c: compileC, ts: compileTypescript, py: compilePython })[language]();
