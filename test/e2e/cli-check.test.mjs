// steno check: verdicts, their forms and order, inputs, schemas and the ways in which each may be broken.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { event, folder, lines, ndjson, run, until, watch, zstd } from './cli.mjs';

const schema = {
    type: 'object', required: ['name'], additionalProperties: false,
    properties: { name: { type: 'string', minLength: 2 }, at: { format: 'date-time' }, list: { items: { type: 'integer' } } },
};

/** A folder with schema.json and the files given. */
function files(t, more = {}) {
    const dir = folder(t);
    for (const [name, text] of Object.entries({ 'schema.json': JSON.stringify(schema), ...more })) {
        mkdirSync(join(dir, name, '..'), { recursive: true });
        writeFileSync(join(dir, name), text);
    }
    return dir;
}

const check = (dir, args, options) => run(['check', '--schema', 'schema.json', ...args], { cwd: dir, ...options });

// ---- text ----

test('text names file, line, column and pointer of each violation, and sums up', async (t) => {
    const dir = files(t, {
        'a.ndjson': '{"name":"ok"}\n\n{"name": "x", "list": [1, "2"]}\r\n{}\n',
        'b.json': '{\n  "name": "fine",\n  "liszt": 1,\n  "list": [1,\n    1.5]\n}\n',
    });
    const { code, out, err } = await check(dir, ['a.ndjson', 'b.json']);
    assert.equal(code, 1);
    const told = lines(out);
    assert.ok(told.some((line) => line.startsWith('a.ndjson:3:10: /name: ')), out);
    assert.ok(told.some((line) => line.startsWith('a.ndjson:3:27: /list/1: ')), out);
    assert.ok(told.some((line) => line.startsWith('a.ndjson:4:1: /name: ')), out);
    assert.ok(told.some((line) => /^b\.json:\d+:\d+: \/liszt: /.test(line)), out);
    assert.ok(told.some((line) => line.startsWith('b.json:5:5: /list/1: ')), out);
    assert.equal(told.length, 5);
    assert.equal(err, '4 checked, 1 valid, 3 invalid\n');
});

test('all valid is silence on stdout, and 0', async (t) => {
    const dir = files(t, { 'a.ndjson': '{"name":"ok"}\n{"name":"also"}\n', 'none.ndjson': '' });
    assert.deepEqual(await check(dir, ['a.ndjson']).then(({ code, out, err }) => ({ code, out, err })),
        { code: 0, out: '', err: '2 checked, 2 valid, 0 invalid\n' });
    assert.equal((await check(dir, ['none.ndjson'])).code, 0);
});

test('what an instance holds cannot break the lines of the output', async (t) => {
    const dir = files(t);
    const { out } = await check(dir, [], { input: '{"name":"ok","a\\nb\\u001b[31m":1}\n' });
    assert.match(out, /^stdin:1:\d+: \/a\\nb\\x1b\[31m: .+\n$/);
});

// ---- flag, basic, detailed ----

test('flag prints one verdict an instance, in order', async (t) => {
    const dir = files(t, { 'a.ndjson': '{"name":"ok"}\n\n{"name":1}\n{"name":\n"x"\n{"name":"ok"}', 'b.json': '{"name":"ok"}' });
    const { code, out, err } = await check(dir, ['-o', 'flag', 'a.ndjson', 'b.json']);
    assert.equal(code, 1);
    assert.equal(err, '');
    assert.equal(out, '{"line":1,"valid":true}\n{"line":3,"valid":false}\n{"line":4,"valid":false}\n' +
        '{"line":5,"valid":false}\n{"line":6,"valid":true}\n{"line":1,"valid":true}\n');
});

test('basic and detailed are the standard\'s output, one line an instance', async (t) => {
    const dir = files(t);
    const input = '{"name":"ok"}\n{"list":["x"]}\n{\n[]\n';
    for (const form of ['basic', 'detailed']) {
        const { code, out } = await check(dir, ['-o', form], { input });
        assert.equal(code, 1);
        const units = lines(out).map((line) => JSON.parse(line));
        assert.deepEqual(units.map((unit) => unit.valid), [true, false, false, false]);
        assert.match(lines(out)[1], /"instanceLocation":"\/list\/0"/);
        assert.match(lines(out)[1], /"keywordLocation":"\/properties\/list\/items\/type"/);
    }
});

test('basic and detailed show what a valid instance is annotated with', async (t) => {
    const dir = files(t, { 'noted.json': JSON.stringify({ $id: 'http://a/b', title: 'root', properties: { name: { deprecated: true } } }) });
    const notes = async (form) => {
        const { code, out } = await run(['check', '--schema', 'noted.json', '-o', form], { cwd: dir, input: '{"name":"ok"}\n' });
        assert.equal(code, 0);
        return JSON.parse(out);
    };
    const unit = (at, instance, annotation) => ({ valid: true, keywordLocation: at, absoluteKeywordLocation: `http://a/b#${at}`,
        instanceLocation: instance, annotation });
    const basic = await notes('basic');
    assert.deepEqual(basic.annotations, [unit('/properties', '', ['name']), unit('/properties/name/deprecated', '/name', true),
        unit('/title', '', 'root')]);
    const detailed = await notes('detailed');
    assert.deepEqual(detailed.annotations, [{ ...unit('/properties', '', ['name']),
        annotations: [unit('/properties/name/deprecated', '/name', true)] }, unit('/title', '', 'root')]);
});

test('the order of verdicts does not depend on the number of jobs', async (t) => {
    const dir = files(t);
    const input = Array.from({ length: 20000 }, (_, i) => (i % 7 === 0 ? '{"name":1}' : i % 11 === 0 ? '{"na' : '{"name":"ok"}'))
        .join('\n');
    const one = await check(dir, ['-o', 'flag', '--jobs', '1'], { input });
    assert.equal(lines(one.out).length, 20000);
    for (const jobs of ['2', '5']) {
        assert.equal((await check(dir, ['-o', 'flag', '--jobs', jobs], { input })).out, one.out);
        assert.equal((await check(dir, ['-j', jobs], { input })).out, (await check(dir, ['-j1'], { input })).out);
    }
});

// ---- inputs ----

test('gzip and zstd are read like plain text, from files and pipes', async (t) => {
    const text = '{"name":"ok"}\n{"name":1}\n';
    const dir = files(t, { 'a.ndjson.gz': gzipSync(text), 'a.ndjson.zst': zstd(text), 'one.json.gz': gzipSync('{\n"name":"ok"\n}') });
    const want = '{"line":1,"valid":true}\n{"line":2,"valid":false}\n';
    assert.equal((await check(dir, ['-o', 'flag', 'a.ndjson.gz'])).out, want);
    assert.equal((await check(dir, ['-o', 'flag', 'a.ndjson.zst'])).out, want);
    assert.equal((await check(dir, ['-o', 'flag'], { input: gzipSync(text) })).out, want);
    assert.equal((await check(dir, ['-o', 'flag', '-'], { input: zstd(text) })).out, want);
    assert.equal((await check(dir, ['-o', 'flag', 'one.json.gz'])).out, '{"line":1,"valid":true}\n');
});

test('--input says what names do not', async (t) => {
    const dir = files(t, { 'lines.json': '{"name":"ok"}\n{"name":"ok"}\n', text: '{\n"name":"ok"}\n' });
    assert.equal((await check(dir, ['--input', 'ndjson', 'lines.json'])).err, '2 checked, 2 valid, 0 invalid\n');
    assert.equal((await check(dir, ['lines.json'])).code, 1);
    assert.equal((await check(dir, ['--input', 'json', 'text'])).code, 0);
    assert.equal((await check(dir, ['--input=json'], { input: '{\n"name":"ok"}\n' })).code, 0);
});

test('an input that is missing or damaged is trouble; the others are checked', async (t) => {
    const packed = gzipSync('{"name":"ok"}\n'.repeat(1000));
    const dir = files(t, { 'good.ndjson': '{"name":"ok"}\n', 'bad.ndjson': '{}\n', 'cut.ndjson.gz': packed.subarray(0, packed.length - 9),
        'not.gz': '{"name":"ok"}\n' });
    const { code, err } = await check(dir, ['absent', 'cut.ndjson.gz', 'not.gz', '.', 'good.ndjson', 'bad.ndjson']);
    assert.equal(code, 3);
    assert.match(err, /^steno: absent: no such file/m);
    assert.match(err, /^steno: cut\.ndjson\.gz: ends in the middle of its compressed data$/m);
    assert.match(err, /^steno: not\.gz: is not gzip, although its name says so$/m);
    assert.match(err, /^steno: \.: is a folder, not a file$/m);
    assert.match(err, / 1 invalid$/m);
});

test('a line over the limit is one invalid instance, and the next one is looked at', async (t) => {
    const dir = files(t);
    const input = Buffer.concat([Buffer.from('{"name":"'), Buffer.alloc(65 << 20, 'x'), Buffer.from('"}\n{"name":"ok"}\n')]);
    const { code, out, err } = await check(dir, [], { input });
    assert.equal(code, 1);
    assert.equal(out, 'stdin:1:1: : over a limit: a line may have at most 64 MiB\n');
    assert.equal(err, '2 checked, 1 valid, 1 invalid\n');
});

test('a slow pipe gets its verdicts as its lines come', async (t) => {
    const dir = files(t);
    const seen = watch(t, ['check', '--schema', 'schema.json', '-o', 'flag'], { cwd: dir });
    seen.child.stdin.write('{"name":"ok"}\n');
    await until(() => seen.out === '{"line":1,"valid":true}\n');
    seen.child.stdin.write('{"name":1}\n{"na');
    await until(() => seen.out.endsWith('{"line":2,"valid":false}\n'));
    seen.child.stdin.end('me":"ok"}');
    assert.equal((await seen.ended).out, '{"line":1,"valid":true}\n{"line":2,"valid":false}\n{"line":3,"valid":true}\n');
});

test('repeated names are accepted, the last one counts, unless names must be unique', async (t) => {
    const dir = files(t);
    assert.equal((await check(dir, [], { input: '{"name":1,"name":"ok"}\n' })).code, 0);
    assert.equal((await check(dir, [], { input: '{"name":"ok","name":1}\n' })).code, 1);
    assert.equal((await check(dir, ['--unique-names'], { input: '{"name":1,"name":"ok"}\n' })).code, 1);
});

// ---- schemas ----

test('formats are annotations, unless asserted', async (t) => {
    const dir = files(t);
    const input = '{"name":"ok","at":"noon"}\n';
    assert.equal((await check(dir, [], { input })).code, 0);
    assert.equal((await check(dir, ['--format-assertion'], { input })).code, 1);
});

test('--draft counts where $schema is absent', async (t) => {
    const dir = files(t, { 'schema.json': '{"items":[{"type":"string"}],"dependencies":{"a":["b"]}}' });
    assert.equal((await check(dir, ['--draft', '7'], { input: '[1]\n["a"]\n' })).code, 1);
    assert.equal((await check(dir, ['--draft', '7'], { input: '["a"]\n' })).code, 0);
    assert.equal((await check(dir, ['--draft', '5'])).code, 2);
    const own = files(t, { 'schema.json': '{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"string"}]}' });
    assert.equal((await check(own, ['--draft', '2020-12'], { input: '[1]\n' })).code, 1);
});

test('references resolve below stated folders and to neighbours, and never escape', async (t) => {
    const dir = files(t, {
        'schema.json': '{"properties":{"a":{"$ref":"https://example.com/s/x/y.json"},"b":{"$ref":"common.json#/$defs/b"}}}',
        'common.json': '{"$defs":{"b":{"type":"integer"}}}',
        'in/x/y.json': '{"type":"string"}',
        'secret.json': '{"type":"string"}',
        'escape.json': '{"$ref":"https://example.com/s/%2e%2e/secret.json"}',
        'far.json': '{"$ref":"https://elsewhere.example.com/x.json"}',
    });
    const input = '{"a":"x","b":1}\n{"a":1}\n{"b":"x"}\n';
    const { code, out } = await check(dir, ['--resolve', 'https://example.com/s=in', '-o', 'flag'], { input });
    assert.equal(code, 1);
    assert.deepEqual(lines(out).map((line) => JSON.parse(line).valid), [true, false, false]);
    for (const name of ['escape.json', 'far.json', 'schema.json']) {
        const args = name === 'schema.json' ? [] : ['--resolve', 'https://example.com/s=in'];
        const refused = await run(['check', '--schema', name, ...args], { cwd: dir, input });
        assert.equal(refused.code, 2);
        assert.match(refused.err, new RegExp(`^steno: ${name}:\\d+:\\d+: .*: .+\n$`));
    }
    assert.equal((await check(dir, ['--resolve', 'nonsense'])).code, 2);
});

test('a broken schema is told by place and reason', async (t) => {
    const dir = files(t, {
        'type.json': '{\n  "properties": {\n    "a": {"type": "strnig"}\n  }\n}\n',
        'text.json': '{\n  "type": ',
        'pattern.json': '{"pattern":"("}',
    });
    const broken = (name) => run(['check', '--schema', name], { cwd: dir });
    const type = await broken('type.json');
    assert.equal(type.code, 2);
    assert.match(type.err, /^steno: type\.json:3:\d+: \/properties\/a\/type: .+\n$/);
    assert.match((await broken('text.json')).err, /^steno: text\.json:2:\d+: : .+\n$/);
    assert.match((await broken('pattern.json')).err, /^steno: pattern\.json:1:\d+: \/pattern: .+\n$/);
    const absent = await broken('absent.json');
    assert.equal(absent.code, 2);
    assert.match(absent.err, /^steno: schema absent\.json: no such file/);
});

test('options that exclude each other or say nothing are refused', async (t) => {
    const dir = files(t);
    assert.equal((await check(dir, ['--contract', 'agent-event'])).code, 2);
    assert.equal((await run(['check', '--draft', '7'])).code, 2);
    assert.equal((await run(['check', '--resolve', 'a=b'])).code, 2);
    assert.equal((await check(dir, ['--jobs', '0'])).code, 2);
    assert.equal((await check(dir, ['--jobs', 'many'])).code, 2);
});

// ---- contracts ----

test('without a schema each instance is held against the contract that recognises it', async () => {
    const wrong = event((one) => { one.event_id = 'x'; });
    const { code, out } = await run(['check'], { input: `${ndjson(event(), wrong)}{"a":1}\n` });
    assert.equal(code, 1);
    assert.match(out, /^stdin:2:\d+: \/event_id: .+\nstdin:3:1: : fits no contract; name one with --contract\n$/);
});

test('a named contract is held against everything, its formats asserted', async () => {
    const input = `${ndjson(event(), event((one) => { one.occurred_at = 'noon'; }))}{"a":1}\n`;
    for (const name of ['agent-event', 'agent-event@v0']) {
        const { code, out } = await run(['check', '--contract', name, '-o', 'flag'], { input });
        assert.equal(code, 1);
        assert.deepEqual(lines(out).map((line) => JSON.parse(line).valid), [true, false, false]);
    }
});
