// The library as its users have it: installed, found by pkg-config, compiled against with whatever compiler is there.
// Header, exports and steno(3) say the same; the programs in the page print what the page says.
//
// STENO_BUILD names the build folder, STENO_CC its compiler and STENO_SANITIZE its b_sanitize (set by meson).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { removeFolder, STENO, temporaryFolder } from './harness.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { STENO_BUILD: build, STENO_CC: ownCompiler, STENO_SANITIZE: sanitize } = process.env;
const folder = temporaryFolder();
const installed = join(folder, 'installed');
after(() => removeFolder(folder));

function run(program, args, options = {}) {
    const ran = spawnSync(program, args, { encoding: 'utf8', timeout: 120000, maxBuffer: 1 << 26, ...options });
    if (ran.error) throw ran.error;
    return ran;
}

function output(program, args, options) {
    const ran = run(program, args, options);
    assert.equal(ran.status, 0, `${program} ${args.join(' ')}\n${ran.stdout}${ran.stderr}`);
    return ran.stdout;
}

const files = (at) => readdirSync(at, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? files(join(at, entry.name)) : [join(at, entry.name)]));
const the = (name) => {
    const found = files(installed).filter((path) => path.endsWith(`/${name}`));
    assert.equal(found.length, 1, `${name} is installed once: ${found}`);
    return found[0];
};

before(() => output('meson', ['install', '-C', build, '--no-rebuild', '--quiet', '--destdir', installed]));

// ---- what the header, the libraries and the page declare ----

const squeeze = (text) => text.replace(/\s+/g, ' ').replace(/\s*([(),*;])\s*/g, '$1').trim();

// The header without comments and directives: only declarations are left.
const declarations = () => readFileSync(the('steno.h'), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/^#.*(\\\n.*)*$/gm, '').replace(/\bSTENO_MUST_USE\b/g, '');

const headerFunctions = () => new Map([...declarations().matchAll(/^ *([a-z][\w *]*?)\b(steno_\w+)(\([^()]*\));/gm)]
    .map(([, type, name, parameters]) => [name, squeeze(type + name + parameters)]));

const manual = () => readFileSync(the('steno.3'), 'utf8');

const manualFunctions = () => new Map([...manual().matchAll(/^\.Ft (.*)\n\.Fo (\w+)\n((?:\.Fa .*\n)+)\.Fc$/gm)]
    .map(([, type, name, parameters]) => {
        const all = [...parameters.matchAll(/^\.Fa (.*)$/gm)].map(([, parameter]) => parameter.replaceAll('"', ''));
        return [name, squeeze(`${type.replaceAll('"', '')} ${name}(${all.join(', ')})`)];
    }));

const exported = (path, ...options) => output('nm', [...options, '--defined-only', path]).split('\n')
    .map((line) => line.match(/^[0-9a-f]+ [A-TV-Z] (\w+)/)?.[1]).filter(Boolean)
    .filter((name) => !(sanitize !== 'none' && name.startsWith('__odr_asan'))).sort();

test('L1: the libraries show what the header declares, and no more', () => {
    const names = [...headerFunctions().keys()].sort();
    assert.ok(names.length > 10);
    const shared = files(installed).filter((path) => /libsteno\.so\.\d+\.\d+\.\d+$/.test(path));
    assert.equal(shared.length, 1);
    assert.deepEqual(exported(shared[0], '-D'), names);
    assert.deepEqual(exported(the('libsteno.a')), names);
});

test('L1: steno(3) has every function of the header as it is declared, and no other', () => {
    assert.deepEqual(Object.fromEntries(manualFunctions()), Object.fromEntries(headerFunctions()));
    const known = new Set(headerFunctions().keys());
    for (const [, name] of manual().matchAll(/^\.Fn (\w+)/gm)) assert.ok(known.has(name), `.Fn ${name}`);
    const described = manual().split('.Sh DESCRIPTION')[1].split('.Sh EXAMPLES')[0];
    for (const name of known) {
        if (!/_free$|_new$/.test(name)) assert.match(described, new RegExp(`^\\.Fn ${name}\\b`, 'm'), `${name} is described`);
    }
});

test('L1: steno(3) has every type, member, constant and limit of the header, and no other', () => {
    const header = readFileSync(the('steno.h'), 'utf8');
    const bodies = [...declarations().matchAll(/\b(struct|enum) (steno_\w+) \{([\s\S]*?)\}/g)];
    const types = new Set([...declarations().matchAll(/\b(?:struct|enum) steno_\w+|\bsteno_(?:error|text)\b(?! *\{)/g)].map(([name]) => name));
    const constants = new Set([...header.matchAll(/^# *define (STENO_\w+)/gm)].map(([, name]) => name));
    constants.delete('STENO_H');
    for (const [, kind, , body] of bodies)
        if (kind === 'enum') for (const [, name] of body.matchAll(/\b(STENO_\w+) =/g)) constants.add(name);
    const members = new Set(bodies.filter(([, kind]) => kind === 'struct').flatMap(([, , , body]) => body.split(';'))
        .map((member) => member.match(/\(\*(\w+)\)|(\w+)(?:\[\w+\])?\s*$/)).filter(Boolean).map(([, pointer, plain]) => pointer ?? plain));
    const words = (macro) => new Set([...manual().matchAll(new RegExp(`^\\.(?:It |Pq )?${macro} (.*)$`, 'gm'))]
        .flatMap(([, rest]) => rest.startsWith('"') ? [rest.match(/"(.*?)"/)[1]] : rest.split(' ').filter((word) => /^\w+$/.test(word))));
    const stated = words('Dv');
    stated.delete('NULL');
    assert.deepEqual([...stated].sort(), [...constants].sort());
    assert.deepEqual([...words('Va')].sort(), [...members].sort());
    const named = new Set([...manual().matchAll(/(?:struct|enum) steno_\w+|^\.Vt (steno_\w+)/gm)].map(([all, alone]) => alone ?? all));
    // Under their typedefs.
    for (const name of ['enum steno_error', 'struct steno_text', 'steno_error', 'steno_text']) types.delete(name);
    for (const name of types) assert.ok(named.has(name), `${name} is in the page`);
    for (const name of ['steno_error', 'steno_text']) assert.ok(named.has(name), `${name} is in the page`);
    for (const name of named) assert.ok(types.has(name) || ['steno_error', 'steno_text'].includes(name), `${name} is in the header`);
});

test('L1: the numbers of steno(3) are those of the header', () => {
    const header = readFileSync(the('steno.h'), 'utf8');
    for (const [, name, value] of header.matchAll(/^#define (STENO_\w+_MAX) +(?:UINT32_C\()?(\d+)/gm)) {
        const item = manual().match(new RegExp(`^\\.It Dv ${name}\\n([\\d,]+) `, 'm'));
        assert.ok(item, `${name} has an item`);
        assert.equal(item[1].replaceAll(',', ''), value);
    }
});

// ---- the programs in the page ----

// roff's escapes that an example may have. A reader copies what mandoc shows; a test below holds that it is the same.
const plain = (roff) => roff.replace(/\\(.)/g, (all, letter) => {
    assert.equal(letter, 'e', `the escape ${all} in an example`);
    return '\\';
});

const displays = () => [...manual().split('.Sh EXAMPLES')[1].matchAll(/^\.Bd -literal.*\n([\s\S]*?)^\.Ed$/gm)].map(([, text]) => plain(text));
const examples = () => displays().flatMap((text, i, all) => (text.startsWith('#include') ? [{ source: text, prints: all[i + 1] }] : []));

// In a sanitizer's build only the compiler it was made with links.
const family = ownCompiler.includes('clang') ? 'clang' : 'gcc';
const compilers = sanitize === 'none' ? ['gcc', 'clang'] : [family];
const plusplus = { gcc: 'g++', clang: 'clang++' };
const sanitizeFlags = sanitize === 'none' ? [] : [`-fsanitize=${sanitize}`];
const isThere = (program) => spawnSync(program, ['--version']).status === 0;

function pkgConfig(...options) {
    return output('pkg-config', [...options, 'steno'], {
        env: { ...process.env, PKG_CONFIG_PATH: dirname(the('steno.pc')), PKG_CONFIG_SYSROOT_DIR: installed },
    }).trim().split(/\s+/);
}

let made = 0;

// Compiles a program and runs it; what it prints.
function tryOut(compiler, language, source, { linked = 'shared', args = [], input } = {}) {
    const name = join(folder, `program${made++}`);
    const file = `${name}.${language.startsWith('c++') ? 'cc' : 'c'}`;
    writeFileSync(file, source);
    const libraries = linked === 'shared' ? pkgConfig('--cflags', '--libs')
        : [...pkgConfig('--cflags'), the('libsteno.a'), ...output('pkg-config', ['--libs', ...pkgConfig('--print-requires-private')]).trim().split(/\s+/), '-lm'];
    output(compiler, [`-std=${language}`, '-Wall', '-Wextra', '-Werror', '-pedantic', '-pthread', ...sanitizeFlags, file, '-o', name, ...libraries]);
    const env = { ...process.env };
    if (linked === 'shared') env.LD_LIBRARY_PATH = dirname(the('libsteno.so'));
    assert.equal(/libsteno\.so/.test(output('ldd', [name], { env })), linked === 'shared');
    return output(name, args, { env, input });
}

test('L1: every program of steno(3) compiles without a warning and prints what the page says', { timeout: 240000 }, () => {
    const all = examples();
    assert.ok(all.length >= 5);
    let compiled = 0;
    for (const compiler of compilers.filter(isThere)) {
        for (const { source, prints } of all) {
            assert.ok(prints.length > 0);
            assert.equal(tryOut(compiler, 'c17', source), prints);
            compiled++;
        }
    }
    assert.ok(compiled >= all.length);
});

test('L1: what mandoc shows of the programs is what was compiled', (t) => {
    if (!isThere('mandoc') && spawnSync('mandoc', []).error) return t.skip('there is no mandoc');
    const shown = output('mandoc', ['-T', 'ascii', the('steno.3')]).replace(/.\x08/g, '');
    for (const { source } of examples()) {
        const indented = source.split('\n').map((line) => (line === '' ? '' : `           ${line}`)).join('\n');
        assert.ok(shown.includes(indented), `the page shows\n${source}`);
    }
});

test('the library links statically, and a program may have names of its insides', { timeout: 120000 }, () => {
    const [{ source, prints }] = examples();
    const clash = `${source}\nint st_hash(void);\nint st_hash(void) { return 1; }\nint st_mem_get(void);\nint st_mem_get(void) { return 2; }\n`;
    for (const compiler of compilers.filter(isThere)) {
        assert.equal(tryOut(compiler, 'c17', clash, { linked: 'static' }), prints);
        assert.equal(tryOut(compiler, 'c17', clash, { linked: 'shared' }), prints);
    }
});

test('the library is used from C++', { timeout: 120000 }, (t) => {
    const there = compilers.map((compiler) => plusplus[compiler]).filter(isThere);
    if (there.length === 0) return t.skip('there is no C++ compiler');
    for (const compiler of there)
        for (const { source, prints } of examples().slice(0, 3)) assert.equal(tryOut(compiler, 'c++11', source), prints);
});

test('the header stands alone', () => {
    for (const compiler of compilers.filter(isThere))
        output(compiler, ['-std=c17', '-Wall', '-Wextra', '-Werror', '-pedantic', '-fsyntax-only', '-x', 'c', the('steno.h')]);
    const includes = [...readFileSync(the('steno.h'), 'utf8').matchAll(/^#include (.*)$/gm)].map(([, name]) => name);
    assert.deepEqual(includes, ['<stdbool.h>', '<stddef.h>', '<stdint.h>']);
});

test('all that is installed is where it belongs', () => {
    const places = files(installed).map((path) => path.slice(installed.length));
    for (const end of ['/bin/steno', '/include/steno.h', '/man/man1/steno.1', '/man/man3/steno.3', '/pkgconfig/steno.pc', '/libsteno.a', '/libsteno.so'])
        assert.equal(places.filter((path) => path.endsWith(end)).length, 1, end);
    const version = output(the('steno'), ['version']).trim().split(' ')[1];
    assert.deepEqual(pkgConfig('--modversion'), [version]);
    const [major, minor] = version.split('.');
    const soname = output('readelf', ['-d', the('libsteno.so')]).match(/SONAME.*\[(.*)\]/)[1];
    assert.equal(soname, major === '0' ? `libsteno.so.0.${minor}` : `libsteno.so.${major}`);
});

// ---- the same verdict as the command's ----

const JUDGE = `
#include <steno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv)
{
    static char line[1 << 20];
    struct steno_options options = {.assert_formats = true};
    struct steno_schema *schema;
    struct steno_validator *validator;
    FILE *file = fopen(argv[argc - 1], "r");
    size_t len = file == NULL ? 0 : fread(line, 1, sizeof line, file);
    if (len == 0 || steno_compile(&schema, line, len, &options, NULL) != STENO_OK ||
        steno_validator_new(&validator) != STENO_OK)
        return 1;
    fclose(file);
    while (fgets(line, sizeof line, stdin) != NULL) {
        const struct steno_report *report;
        len = strcspn(line, "\\n");
        steno_error error = steno_validator_explain(validator, schema, line, len, STENO_OUTPUT_BASIC, &report);
        if (report == NULL || error != steno_validator_validate(validator, schema, line, len))
            return 1;
        puts(steno_report_json(report));
    }
    steno_validator_free(validator);
    steno_schema_free(schema);
    return 0;
}
`;

const EVENT_JUDGE = `
#include <steno.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
    static char line[1 << 20];
    struct steno_registry *registry;
    struct steno_validator *validator;
    if (steno_registry_new(&registry) != STENO_OK || steno_validator_new(&validator) != STENO_OK)
        return 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        const struct steno_report *report;
        size_t len = strcspn(line, "\\n");
        steno_error error = steno_validator_explain_event(validator, registry, NULL, line, len, STENO_OUTPUT_BASIC, &report);
        if (report == NULL || error != steno_validator_validate_event(validator, registry, NULL, line, len))
            return 1;
        puts(error == STENO_ABSENT ? "absent" : steno_report_json(report));
    }
    steno_validator_free(validator);
    steno_registry_free(registry);
    return 0;
}
`;

test('L3: the library and the command say the same of events that are recognised', { timeout: 120000 }, () => {
    const tables = join(root, 'test/contract/cases');
    const events = readdirSync(tables).flatMap((table) => readFileSync(join(tables, table), 'utf8').trimEnd().split('\n')
        .map((line) => JSON.stringify(JSON.parse(line).event)));
    const said = tryOut(family, 'c17', EVENT_JUDGE, { input: `${events.join('\n')}\n` }).trimEnd().split('\n');
    assert.equal(said.length, events.length);
    const known = events.filter((_, i) => said[i] !== 'absent');
    assert.ok(known.length > events.length / 2 && known.length < events.length);
    const asked = join(folder, 'recognised.ndjson');
    writeFileSync(asked, `${known.join('\n')}\n`);
    const command = run(STENO, ['check', '-o', 'basic', '--input', 'ndjson', asked]).stdout;
    assert.deepEqual(command.trimEnd().split('\n'), said.filter((line) => line !== 'absent'));
});

test('L3: the library and the command say the same, word for word', { timeout: 120000 }, () => {
    const tables = join(root, 'test/contract/cases');
    for (const table of readdirSync(tables)) {
        const contract = join(root, 'contracts', table.replace(/\.ndjson$/, '.json'));
        const events = readFileSync(join(tables, table), 'utf8').trimEnd().split('\n').map((line) => JSON.stringify(JSON.parse(line).event));
        const text = `${[...events, '{', '[[', '"\u00e9', '7'].join('\n')}\n`;
        const asked = join(folder, table);
        writeFileSync(asked, text);
        const command = run(STENO, ['check', '--schema', contract, '--format-assertion', '-o', 'basic', '--input', 'ndjson', asked]).stdout;
        const lines = command.trimEnd().split('\n').map((line) => JSON.parse(line).valid);
        assert.equal(lines.length, events.length + 4);
        assert.ok(lines.includes(true) && lines.includes(false));
        assert.equal(tryOut(family, 'c17', JUDGE, { args: [contract], input: text }), command);
    }
});
