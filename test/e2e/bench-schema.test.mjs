// What build/bench/schema says of documents, for those who measure with it. No time is asserted.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { GENERATE, removeFolder, temporaryFolder } from './harness.mjs';

const folder = temporaryFolder();
after(() => removeFolder(folder));

function file(name, text) {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
}

const schema = file('schema.json', '{"type":"object","required":["a"],"properties":{"a":{"type":"integer"}}}');
const run = (...args) => spawnSync(join(dirname(GENERATE), 'schema'), ['--runs', '9', ...args], { encoding: 'utf8' });
const answer = (...args) => {
    const { status, stdout, stderr } = run(...args);
    assert.equal(status, 0, stderr);
    assert.equal(stdout.split('\n').length, 2);
    return JSON.parse(stdout);
};

test('one JSON line: documents, bytes, valid, three medians, runs, unit', () => {
    const found = answer(schema, file('three.ndjson', '{"a":1}\n{"a":"x"}\n{"a":2}\n'));
    assert.deepEqual(Object.keys(found), ['documents', 'bytes', 'valid', 'parse', 'validate', 'both', 'runs', 'unit']);
    assert.deepEqual([found.documents, found.bytes, found.valid, found.runs, found.unit], [3, 23, 2, 9, 'ns/document']);
    for (const what of ['parse', 'validate', 'both']) assert.ok(found[what] > 0, what);
});

test('lines of blanks are no documents; CRs and a missing last line feed do no harm', () => {
    const found = answer(schema, file('blanks.ndjson', '\n{"a":1}\r\n \t\r\n\n{"a":2}'));
    assert.deepEqual([found.documents, found.bytes, found.valid], [2, 14, 2]);
});

test('a JSON text over many lines is one document', () => {
    const text = JSON.stringify({ a: 1, b: [1, { c: null }] }, null, 2);
    for (const name of ['one.json', 'one.ndjson']) {
        const found = answer(schema, file(name, `${text}\n`));
        assert.deepEqual([found.documents, found.bytes, found.valid], [1, text.length, 1]);
    }
});

test('more documents than one window holds are all counted', () => {
    const lines = Array.from({ length: 3000 }, (_, i) => JSON.stringify({ a: i % 3 === 0 ? 'x' : i, pad: 'y'.repeat(i % 90) }));
    const found = answer(schema, file('many.ndjson', `${lines.join('\n')}\n${JSON.stringify({ a: 1, pad: 'z'.repeat(200000) })}\n`));
    assert.deepEqual([found.documents, found.valid], [3001, 2001]);
});

test('events of a shipped contract are measured with its formats', () => {
    const events = spawnSync(GENERATE, ['50'], { encoding: 'utf8' }).stdout.trim().split('\n');
    const wrong = events.map((line) => line.replace(/"occurred_at":"[^"]*"/, '"occurred_at":"yesterday"'));
    const path = file('events.ndjson', `${[...events, ...wrong].join('\n')}\n`);
    assert.deepEqual([answer('--contract', 'agent-event@v0', path).documents, answer('--contract', 'agent-event@v0', path).valid], [100, 50]);
});

test('formats are annotations unless asserted', () => {
    const dated = file('dated.json', '{"format":"date"}');
    const path = file('dates.ndjson', '"2026-11-21"\n"never"\n');
    assert.equal(answer(dated, path).valid, 2);
    assert.equal(answer('--format-assertion', dated, path).valid, 1);
});

test('what cannot be measured is refused with its place', () => {
    const refused = (expected, ...args) => {
        const { status, stdout, stderr } = run(...args);
        assert.deepEqual([status, stdout], [1, '']);
        assert.match(stderr, expected);
    };
    refused(/broken\.ndjson:3:8: not JSON: /, schema, file('broken.ndjson', '{"a":1}\n\n  {"a":}\n'));
    refused(/broken\.json:2:8: not JSON: /, schema, file('broken.json', '{\n "a": 1\n'));
    refused(/empty\.ndjson: there is no document in it/, schema, file('empty.ndjson', '\n \n'));
    refused(/nowhere\.ndjson: .*No such file/, schema, join(folder, 'nowhere.ndjson'));
    refused(/no such contract/, '--contract', 'nobody', file('x.ndjson', '1\n'));
    refused(/bad\.json:1:9: \/type: /, file('bad.json', '{"type":"objec"}'), file('y.ndjson', '1\n'));
});

test('a wrong call says how to call', () => {
    for (const args of [[], [schema], ['--contract'], ['--draft', '9', schema, schema], ['--what', schema, schema]]) {
        const { status, stderr } = run(...args);
        assert.equal(status, 2, args.join(' '));
        assert.match(stderr, /^usage: schema /);
    }
});
