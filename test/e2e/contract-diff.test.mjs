// `steno contract diff`: what it takes, what it prints, and how it ends.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, run, shell } from './cli.mjs';

const page = readFileSync(fileURLToPath(new URL('../../docs/compatibility.md', import.meta.url)), 'utf8');
const contracts = fileURLToPath(new URL('../../contracts', import.meta.url));

function write(path, name, schema) {
    writeFileSync(join(path, name), typeof schema === 'string' ? schema : JSON.stringify(schema));
    return join(path, name);
}

// A folder with the two, and what is said of them.
async function diff(t, old, now, ...args) {
    const path = folder(t);
    const ran = await run(['contract', 'diff', write(path, 'old.json', old), write(path, 'new.json', now), '-o', 'json', ...args]);
    assert.equal(ran.err, '');
    return { code: ran.code, ...JSON.parse(ran.out) };
}

const agentEvent = JSON.parse(readFileSync(join(contracts, 'agent-event-v0.json'), 'utf8'));
function nextAgentEvent(change) {
    const next = structuredClone(agentEvent);
    next['x-steno'].version = 'v1';
    change(next);
    return next;
}

test('the examples of the manual say what the manual has', async (t) => {
    const path = folder(t);
    for (const [, name, text] of page.matchAll(/`([a-z-]+\.json)`:\n\n```json\n([\s\S]*?)```/g)) write(path, name, text);
    const sessions = [...page.matchAll(/```console\n\$ ([^\n]*)\n([\s\S]*?)```/g)];
    assert.equal(sessions.length, 2);
    for (const [, typed, expected] of sessions) assert.equal((await shell(typed, { cwd: path })).out, expected, typed);
});

test('every member of the JSON form is in the manual', async (t) => {
    const answer = await diff(t, { type: ['string', 'null'], pattern: '^a+$' }, { type: 'string', pattern: '^a[a]*$' });
    const { code, ...told } = answer;
    assert.equal(code, 1);
    const names = new Set([...Object.keys(told), ...Object.keys(told.against[0]), ...Object.keys(told.against[0].backward),
        ...told.against[0].findings.flatMap((finding) => Object.keys(finding))]);
    for (const name of names) assert.match(page, new RegExp(`\`${name}\``), name);
});

test('a contract is compatible with itself, and that is proved', async () => {
    for (const name of ['agent-event', 'session-events', 'runtime-events', 'resource-events', 'operations-events', 'steno']) {
        const ran = await run(['contract', 'diff', name, name, '--level', 'FULL', '-o', 'json']);
        assert.equal(ran.code, 0, name);
        const { against: [{ proved, findings, bump }] } = JSON.parse(ran.out);
        assert.deepEqual({ proved, findings, bump }, { proved: true, findings: [], bump: 'none' }, name);
    }
});

test('a next version of a contract is held against the one that is known', async (t) => {
    const path = folder(t);
    const next = write(path, 'next.json', nextAgentEvent((one) => {
        one.properties.run.required.push('started_at');
        one.properties.tenant.properties.region = { type: 'string' };
        delete one['x-steno'].record.parent;
    }));
    for (const args of [[next], ['agent-event', next], [next, '--level', 'BACKWARD_TRANSITIVE']]) {
        const ran = await run(['contract', 'diff', ...args, '-o', 'json']);
        assert.equal(ran.code, 1, args);
        const answer = JSON.parse(ran.out);
        assert.equal(answer.against[0].old, 'agent-event@v0');
        const counted = answer.against[0].findings.filter((one) => one.counts).map((one) => one.rule);
        assert.ok(counted.includes('REQUIRED_ATTRIBUTE_ADDED'), counted.join());
        const example = answer.against[0].findings.find((one) => one.rule === 'REQUIRED_ATTRIBUTE_ADDED').example;
        assert.equal(example.event_version, 'v0');
        assert.equal('started_at' in example.run, false);
    }
});

test('of a name alone the newest other version is taken, in whatever order they were added', async (t) => {
    const path = folder(t);
    const store = join(path, 'steno.db');
    const version = (text) => ({
        $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { kind: { const: 'note' } },
        'x-steno': { name: 'note', version: text, unknown_types: 'refuse', recognise: [{ rank: 99, all: [{ at: '/kind', equals: 'note' }] }],
            record: { type: '/kind' }, classify: [{ types: ['note'], level: 'ops' }] },
    });
    for (const text of ['10', '9', '1', '1.1', '1.01'])
        assert.equal((await run(['contract', 'add', write(path, `${text}.json`, version(text)), '--store', store])).code, 0);
    const against = async (...args) => {
        const { out } = await run(['contract', 'diff', ...args, '-o', 'json'], { env: { STENO_STORE: store } });
        return JSON.parse(out).against.map((one) => one.old);
    };
    assert.deepEqual(await against('note'), ['note@9']);
    assert.deepEqual(await against(write(path, 'next.json', version('11'))), ['note@10']);
    assert.deepEqual(await against('note', '--level', 'BACKWARD_TRANSITIVE'), ['note@1', 'note@1.01', 'note@1.1', 'note@9']);
});

test('levels and policies decide what counts', async (t) => {
    const old = { properties: { a: { type: 'string' } }, additionalProperties: false };
    const now = { properties: { a: { type: 'string' }, b: { type: 'string' } }, additionalProperties: false };
    for (const [level, code] of [['BACKWARD', 0], ['FORWARD', 1], ['FULL', 1], ['NONE', 0]])
        assert.equal((await diff(t, old, now, '--level', level)).code, code, level);
    assert.equal((await diff(t, old, now, '--level', 'FORWARD', '--policy', 'lenient')).code, 0);
    const allowed = await diff(t, now, old, '--policy', 'lenient');
    assert.equal(allowed.code, 0);
    assert.equal(allowed.against[0].proved, false);
    assert.equal(allowed.against[0].allowed, 1);
    assert.deepEqual(Object.keys(allowed.against[0].findings[0].example), ['b']);
});

test('required to optional is compatible and asks for a major version: both are said', async (t) => {
    const answer = await diff(t, { required: ['a'] }, {});
    assert.equal(answer.code, 0);
    assert.equal(answer.compatible, true);
    assert.equal(answer.bump, 'major');
    const path = folder(t);
    const ran = await run(['contract', 'diff', write(path, 'o.json', { required: ['a'] }), write(path, 'n.json', {})]);
    assert.match(ran.out, /asks for a major version, although backward compatible/);
    assert.match(ran.out, /\ncompatible BACKWARD: proved; asks for a major version\n$/);
});

test('a transitive level holds the new version against each of the old ones', async (t) => {
    const path = folder(t);
    const versions = [{ maxLength: 5 }, { maxLength: 3 }, { maxLength: 4 }].map((one, i) => write(path, `${i}.json`, one));
    const ran = await run(['contract', 'diff', ...versions, '--level', 'BACKWARD_TRANSITIVE', '-o', 'json']);
    assert.equal(ran.code, 1);
    assert.deepEqual(JSON.parse(ran.out).against.map((one) => one.compatible), [false, true]);
    const plain = await run(['contract', 'diff', ...versions]);
    assert.equal(plain.code, 2);
    assert.match(plain.err, /need --level BACKWARD_TRANSITIVE/);
});

test('JUnit gets a failed case and GitHub an annotation for each finding that counts', async (t) => {
    const path = folder(t);
    const old = write(path, 'old.json', { properties: { 'a<&>"': { type: 'string' } } });
    const now = write(path, 'new.json', '{\n "properties": {\n  "a<&>\\"": {\n   "type": "integer"\n  }\n }\n}\n');
    const junit = await run(['contract', 'diff', old, now, '-o', 'junit']);
    assert.equal(junit.code, 1);
    assert.match(junit.out, /<testsuites name="contract diff">\n {2}<testsuite name="[^"]*" tests="1" failures="1">/);
    assert.match(junit.out, /<testcase classname="TYPE_CHANGED" name="\/properties\/a&lt;&amp;&gt;&quot;\/type \(backward\)">/);
    assert.equal(junit.out.replace(/<[^<>]*>/g, '').includes('<'), false);
    const github = await run(['contract', 'diff', old, now, '-o', 'github']);
    assert.match(github.out, /^::error file=[^,]*new\.json,line=4,title=TYPE_CHANGED::[^\n]*%0A[^\n]*\n$/);
    const good = await run(['contract', 'diff', old, old, '-o', 'junit']);
    assert.equal(good.code, 0);
    assert.match(good.out, /tests="1" failures="0">\n {4}<testcase classname="compatible" name="BACKWARD"\/>/);
    assert.equal((await run(['contract', 'diff', old, old, '-o', 'github'])).out, '');
});

test('formats of plain schemas count when they are to assert', async (t) => {
    assert.equal((await diff(t, { format: 'date' }, { format: 'uuid' })).code, 0);
    assert.equal((await diff(t, { format: 'date' }, { format: 'uuid' }, '--format-assertion')).code, 1);
});

test('--out writes the result to a file, and the exit code stays', async (t) => {
    const path = folder(t);
    const file = join(path, 'report.json');
    const ran = await run(['contract', 'diff', write(path, 'o.json', {}), write(path, 'n.json', { type: 'null' }), '-o', 'json', '--out', file]);
    assert.deepEqual([ran.code, ran.out], [1, '']);
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).compatible, false);
});

test('what cannot be read, and what says nothing, is an error of usage', async (t) => {
    const path = folder(t);
    const good = write(path, 'good.json', {});
    mkdirSync(join(path, 'folder.json'));
    for (const [args, words] of [
        [[join(path, 'none.json'), good], /none\.json/],
        [[join(path, 'folder.json'), good], /folder\.json/],
        [[write(path, 'bad.json', '{'), good], /bad\.json:1:2/],
        [[write(path, 'wrong.json', { type: 'nothing' }), good], /\/type/],
        [['no-such-contract', good], /no such contract/],
        [[good], /no contract with a name/],
        [['agent-event'], /no other version of agent-event is known/],
        [[good, good, '--level', 'UP'], /no such choice/],
        [[good, good, '-o', 'table'], /one of text\|json\|junit\|github/],
        [[], /which one is missing/],
    ]) {
        const ran = await run(['contract', 'diff', ...args]);
        assert.equal(ran.code, 2, args.join(' '));
        assert.match(ran.err, words);
        assert.equal(ran.out, '');
    }
});
