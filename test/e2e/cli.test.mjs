// The command line: help, errors and exit codes; recording into a store and reading it back.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { event, folder, lines, ndjson, run, shell, until, watch, zstd } from './cli.mjs';

const commands = ['serve', 'record', 'check', 'query', 'tail', 'streams', 'contract', 'new', 'version', 'help'];

// ---- help and usage ----

test('help goes to stdout and lists every command', async () => {
    const { code, out, err } = await run(['help']);
    assert.equal(code, 0);
    assert.equal(err, '');
    for (const command of commands)
        assert.match(out, new RegExp(`^  ${command} +\\S`, 'm'));
    assert.deepEqual((await run(['--help'])).out, out);
    assert.deepEqual((await run(['-h'])).out, out);
});

test('steno alone is a mistake that shows the help', async () => {
    const { code, out, err } = await run([]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /usage: steno COMMAND/);
});

test('every command explains itself, by help and by --help', async () => {
    for (const command of commands) {
        const help = await run(['help', command]);
        assert.equal(help.code, 0);
        assert.match(help.out, new RegExp(`^usage: steno ${command}`));
        assert.deepEqual(await run([command, '--help']), help);
    }
});

test('mistyped commands and options are refused with what was meant', async () => {
    const cases = [
        [['qurey'], 'steno: qurey: no such command; did you mean query?\n'],
        [['help', 'recrod'], 'steno: recrod: no such command; did you mean record?\n'],
        [['query', '--sicne', '-1h'], 'steno: query: --sicne: no such option; did you mean --since?\n'],
        [['query', '-Z'], 'steno: query: -Z: no such option; --help lists them\n'],
        [['query', '--store'], 'steno: query: --store: a value is missing; say --store FILE\n'],
        [['query', 'x'], 'steno: query: x: one argument too many; steno help query\n'],
        [['query', '-o', 'xml'], 'steno: query: --output xml: no such choice; one of short|json|raw|structured|pretty\n'],
    ];
    for (const [args, told] of cases) {
        const { code, out, err } = await run(args);
        assert.deepEqual({ code, out, err }, { code: 2, out: '', err: told });
    }
});

test('filters that are wrong are usage errors', async (t) => {
    const store = join(folder(t), 's.db');
    for (const args of [['--since', 'noon'], ['-n', 'x'], ['--level', 'loud'], ['--order', 'up'], ['--after', 'c12'],
        ['--severity', 'bad']]) {
        const { code, err } = await run(['query', '--store', store, ...args]);
        assert.equal(code, 2);
        assert.match(err, /^steno: query: --\w+: .+\n$/);
    }
});

test('version is one line, or the versions of all libraries', async () => {
    assert.match((await run(['version'])).out, /^steno \d+\.\d+\.\d+\n$/);
    assert.match((await run(['--version'])).out, /^steno /);
    const all = JSON.parse((await run(['version', '-o', 'json'])).out);
    for (const name of ['steno', 'sqlite', 'zstd', 'pcre2', 'libcurl', 'libmicrohttpd'])
        assert.match(all[name], /^\d+\.\d+/);
});

// ---- where ----

test('the store is --store, else STENO_STORE, else below XDG_DATA_HOME, else below HOME', async (t) => {
    const home = folder(t);
    const input = ndjson(event());
    const given = join(home, 'given.db');
    const named = join(home, 'named.db');
    const env = { HOME: home };
    assert.equal((await run(['record', '--store', given], { input, env: { ...env, STENO_STORE: named } })).code, 0);
    assert.deepEqual([existsSync(given), existsSync(named)], [true, false]);
    assert.equal((await run(['record'], { input, env: { ...env, STENO_STORE: named } })).code, 0);
    assert.ok(existsSync(named));
    assert.equal((await run(['record'], { input, env: { ...env, XDG_DATA_HOME: join(home, 'data') } })).code, 0);
    assert.ok(existsSync(join(home, 'data/steno/steno.db')));
    assert.equal((await run(['record'], { input, env })).code, 0);
    assert.ok(existsSync(join(home, '.local/share/steno/steno.db')));
});

test('no store, no recorder and a wrong address are told apart', async (t) => {
    const dir = folder(t);
    const absent = await run(['query', '--store', join(dir, 'absent.db')]);
    assert.equal(absent.code, 3);
    assert.match(absent.err, /^steno: store .*absent\.db: .*record something first/);
    const closed = await run(['query', '--url', 'http://127.0.0.1:1']);
    assert.equal(closed.code, 3);
    assert.match(closed.err, /^steno: http:\/\/127\.0\.0\.1:1: .*; is the recorder running/);
    const wrong = await run(['query', '--url', 'ftp://x']);
    assert.equal(wrong.code, 2);
    const both = await run(['query', '--url', 'http://127.0.0.1:1', '--store', 'x']);
    assert.equal(both.code, 2);
    assert.match(both.err, /exclude each other/);
    writeFileSync(join(dir, 'text.db'), 'this is no store, but long enough to be looked at as one\n'.repeat(100));
    const text = await run(['query', '--store', join(dir, 'text.db')]);
    assert.equal(text.code, 3);
});

// ---- contracts ----

test('contracts are listed, and shown byte for byte', async () => {
    const list = lines((await run(['contract', 'list'])).out).map((line) => JSON.parse(line));
    const agent = list.find((one) => one.name === 'agent-event');
    assert.equal(agent.version, 'v0');
    assert.match(agent.sha256, /^[0-9a-f]{64}$/);
    assert.match((await run(['contract', 'list', '-o', 'table'])).out, /^agent-event@v0 +\S/m);
    const shown = await run(['contract', 'show', 'agent-event@v0']);
    assert.equal(JSON.parse(shown.out)['x-steno'].name, 'agent-event');
    const file = new URL('../../contracts/agent-event-v0.json', import.meta.url);
    assert.deepEqual(shown.bytes, readFileSync(file));
    assert.deepEqual((await run(['contract', 'show', 'agent-event'])).bytes, shown.bytes);
});

test('an unknown contract is a usage error that names those there are', async () => {
    for (const args of [['contract', 'show', 'nope'], ['check', '--contract', 'nope'], ['record', '--contract', 'nope'],
        ['new', 'x', '--contract', 'nope']]) {
        const { code, err } = await run(args);
        assert.equal(code, 2);
        assert.match(err, /^steno: nope: no such contract; there are .*agent-event@v0/);
    }
    assert.match((await run(['check', '--contract', 'agent-event@v9'])).err,
        /^steno: agent-event@v9: agent-event has no version v9; it has v0; there are /);
    assert.equal((await run(['contract'])).code, 2);
    assert.equal((await run(['contract', 'frob'])).code, 2);
    assert.equal((await run(['contract', 'show'])).code, 2);
});

// ---- new ----

test('new lists the types; each is made valid, or says which data only the caller can state', async () => {
    const list = await run(['new']);
    assert.equal(list.code, 0);
    const types = lines(list.out).map((line) => line.split(/ +/));
    const own = types.filter(([contract]) => contract === 'agent-event@v0').map(([, type]) => type);
    assert.ok(own.includes('run.started'));
    for (const type of own) {
        const made = await run(['new', type, '--contract', 'agent-event@v0']);
        if (made.code === 1) {
            assert.equal(made.out, '');
            for (const told of lines(made.err))
                assert.match(told, new RegExp(`^steno: new ${type}: \\S+ is required: [A-Z].*\\.$`));
            continue;
        }
        assert.equal(made.code, 0, `${type}: ${made.err}`);
        assert.equal(lines(made.out).length, 1);
        assert.equal((await run(['check'], { input: made.out })).code, 0, type);
    }
    const failed = await run(['new', 'step.failed', 'error.error_type=timeout', 'error.retryable:=true']);
    assert.equal(failed.code, 0, failed.err);
    assert.equal((await run(['check'], { input: failed.out })).code, 0);
});

test('new sets what is given, as text or as JSON', async () => {
    const { code, out } = await run(['new', 'run.started', 'run.run_id=007', 'tenant.tenant_id:="t"']);
    assert.equal(code, 0);
    const made = JSON.parse(out);
    assert.equal(made.run.run_id, '007');
    assert.equal(made.tenant.tenant_id, 't');
});

test('new tells each field that is wrong, and types that nobody names', async () => {
    const wrong = await run(['new', 'run.started', 'occurred_at=noon']);
    assert.equal(wrong.code, 1);
    assert.equal(wrong.out, '');
    assert.match(wrong.err, /^steno: new run\.started: .*occurred_at/m);
    const unreadable = await run(['new', 'run.started', 'occurred_at']);
    assert.equal(unreadable.code, 2);
    assert.equal(unreadable.err, 'steno: new run.started: occurred_at is not of the form field=value\n');
    const unknown = await run(['new', 'run.strated']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /did you mean run\.started\?/);
});

// ---- record ----

async function recorded(store, ...args) {
    const { code, out, err } = await run(['query', '--store', store, '-o', 'json', ...args]);
    assert.equal(code, 0, err);
    return lines(out).map((line) => JSON.parse(line));
}

test('record takes lines, arrays and objects, plain and compressed', async (t) => {
    const dir = folder(t);
    const store = join(dir, 's.db');
    const pretty = JSON.stringify(event(), null, 2);
    const inputs = {
        'a.ndjson': ndjson(event(), event()),
        'b.json': `[\n${pretty},\n${pretty.replace(/"event_id": "[^"]*"/, `"event_id": "${event().event_id}"`)}\n]\n`,
        'c.json': pretty.replace(/"event_id": "[^"]*"/, `"event_id": "${event().event_id}"`),
        'd.ndjson.gz': gzipSync(ndjson(event(), event())),
        'e.ndjson.zst': zstd(ndjson(event())),
        'f.json': ndjson(event(), event()),
    };
    const counts = [2, 2, 1, 2, 1, 2];
    let total = 0;
    for (const [i, name] of Object.keys(inputs).entries()) {
        writeFileSync(join(dir, name), inputs[name]);
        const { code, out, err } = await run(['record', '--store', store, join(dir, name)]);
        assert.deepEqual({ name, code, out }, { name, code: 0, out: '' }, err);
        const first = total + 1;
        total += counts[i];
        const seqs = first === total ? `seq ${first}` : `seq ${first} to ${total}`;
        assert.equal(err, `${counts[i]} accepted (${seqs})\n`);
    }
    const raw = await run(['query', '--store', store, '-o', 'raw', '--limit', '2']);
    assert.equal(raw.out, inputs['a.ndjson']);
    const again = await run(['record', '--store', store, ...Object.keys(inputs).map((name) => join(dir, name))]);
    assert.deepEqual([again.code, again.err], [0, '0 accepted, 10 duplicates\n']);
    const pipe = await run(['record', '--store', store, '-'], { input: gzipSync(ndjson(event())) });
    assert.equal(pipe.err, '1 accepted (seq 11)\n');
});

test('refused lines are told by file, line and pointer, and good ones are kept', async (t) => {
    const dir = folder(t);
    const store = join(dir, 's.db');
    const path = join(dir, 'mixed.ndjson');
    const good = event();
    const wrong = event((one) => { one.trace.span_id = 7; delete one.run.status; });
    const other = event((one) => { one.event_id = good.event_id; one.run.run_id = 'other'; });
    const text = `${ndjson(good)}\n${ndjson(wrong)}{"a":\n{"a":1}\n7\n${ndjson(other)}{"a":1,"a":2}\n`;
    writeFileSync(path, text);
    const { code, err } = await run(['record', '--store', store, path]);
    assert.equal(code, 1);
    const told = lines(err);
    assert.ok(told.includes(`${path}:3: /trace/span_id: must be type string`), err);
    assert.ok(told.some((line) => line.startsWith(`${path}:3: /run/status: `)), err);
    assert.ok(told.some((line) => line.startsWith(`${path}:4: : not JSON: expected a value (column 6)`)), err);
    assert.ok(told.some((line) => line.startsWith(`${path}:5: : fits no contract`)), err);
    assert.ok(told.some((line) => line.startsWith(`${path}:6: : an event must be a JSON object`)), err);
    assert.ok(told.some((line) => line.startsWith(`${path}:7: : another event with this id`) && line.endsWith('(seq 1)')), err);
    assert.ok(told.some((line) => line.startsWith(`${path}:8: : not JSON: expected `)), err);
    assert.equal(told.at(-1), '1 accepted (seq 1), 1 conflict, 5 rejected');
    assert.equal((await recorded(store)).length, 1);
});

test('of very many refused lines the rest is counted', async (t) => {
    const store = join(folder(t), 's.db');
    const { code, err } = await run(['record', '--store', store], { input: '{}\n'.repeat(1000) });
    assert.equal(code, 1);
    assert.equal(lines(err).filter((line) => line.startsWith('stdin:')).length, 100);
    assert.match(err, /^and 900 more events refused$/m);
    assert.match(err, /^0 accepted, 1000 rejected$/m);
});

test('an event that is too large is one refused line', async (t) => {
    const store = join(folder(t), 's.db');
    const input = `${ndjson(event())}{"a":"${'x'.repeat(3 << 20)}"}\n${ndjson(event())}`;
    const { code, err } = await run(['record', '--store', store], { input });
    assert.equal(code, 1);
    assert.match(err, /^stdin:2: : one event may have at most 1048576 bytes$/m);
    assert.match(err, /^2 accepted \(seq 1 to 2\), 1 rejected$/m);
});

test('an input that cannot be read to its end is trouble; what came before is kept', async (t) => {
    const dir = folder(t);
    const store = join(dir, 's.db');
    const events = Array.from({ length: 3000 }, () => event());
    const packed = gzipSync(ndjson(...events));
    writeFileSync(join(dir, 'cut.ndjson.gz'), packed.subarray(0, packed.length - 20));
    writeFileSync(join(dir, 'good.ndjson'), ndjson(event()));
    const { code, err } = await run(['record', '--store', store, join(dir, 'absent'), join(dir, 'cut.ndjson.gz'),
        join(dir, 'good.ndjson')]);
    assert.equal(code, 3);
    assert.match(err, /^steno: .*absent: no such file/m);
    assert.match(err, /^steno: .*cut\.ndjson\.gz: ends in the middle of its compressed data; recorded up to line \d+$/m);
    assert.ok((await recorded(store)).length > 1000);
    assert.match((await run(['record', '--store', '/proc/nope/s.db'], { input: ndjson(event()) })).err, /^steno: store /);
});

test('a slow producer\'s events are on disk before its pipe ends', async (t) => {
    const store = join(folder(t), 's.db');
    const { child, ended } = watch(t, ['record', '--store', store]);
    child.stdin.write(ndjson(event()));
    await until(async () => existsSync(store) && (await run(['query', '--store', store])).out !== '');
    child.stdin.end(ndjson(event()));
    assert.match((await ended).err, /^2 accepted \(seq 1 to 2\)$/m);
});

// ---- query, tail, streams ----

async function filled(t) {
    const store = join(folder(t), 's.db');
    const events = Array.from({ length: 30 }, (_, i) => event((one) => {
        one.occurred_at = `2026-02-07T20:00:${String(i).padStart(2, '0')}Z`;
        one.run.run_id = `run-${i % 3}`;
        one.tenant.tenant_id = i % 2 === 0 ? 'even' : 'odd';
        if (i % 10 === 9)
            one.event_type = 'step.started';
        if (i % 10 === 9)
            one.step = { step_id: 's', step_type: 'plan', name: 'n', status: 'started' };
    }));
    const { err } = await run(['record', '--store', store], { input: ndjson(...events) });
    const count = Number(/^(\d+) accepted/m.exec(err)[1]);
    assert.ok(count >= 27, err);
    return { store, count };
}

test('filters choose, limit, last and order bound', async (t) => {
    const { store, count } = await filled(t);
    assert.equal((await recorded(store)).length, count);
    const even = await recorded(store, '--tenant', 'even', '--stream', 'run-0,run-1');
    assert.ok(even.length > 0 && even.every((one) => one.tenant === 'even' && one.stream !== 'run-2'));
    assert.deepEqual((await recorded(store, '-n', '2')).map((one) => one.seq), [count - 1, count]);
    assert.deepEqual((await recorded(store, '-r', '--limit', '2')).map((one) => one.seq), [count, count - 1]);
    assert.deepEqual((await recorded(store, '--after', '3', '--before=6')).map((one) => one.seq), [4, 5]);
    assert.equal((await recorded(store, '-n', 'all')).length, count);
    assert.equal((await recorded(store, '-n', '0')).length, 0);
    assert.equal((await recorded(store, '--type', 'run.*', '--since', '2026-02-07T20:00:05Z', '-U', '2026-02-07 20:00:08'))
        .length, 3);
    assert.equal((await recorded(store, '--type', 'nothing.at.all')).length, 0);
});

test('the forms: json around, raw alone, pretty over lines, short readable', async (t) => {
    const { store } = await filled(t);
    const query = async (form) => (await run(['query', '--store', store, '--limit', '1', '-o', form])).out;
    const json = await query('json');
    const raw = await query('raw');
    assert.deepEqual(JSON.parse(json).event, JSON.parse(raw));
    assert.equal(lines(json).length, 1);
    const pretty = await query('pretty');
    assert.ok(lines(pretty).length > 10);
    assert.deepEqual(JSON.parse(pretty), JSON.parse(json));
    assert.match(await query('short'), /^2026-02-07T20:00:00\.000Z +1  info +run\.started +run-0 +even\n$/);
});

test('what an event holds cannot act on a terminal', async (t) => {
    const store = join(folder(t), 's.db');
    const hostile = event((one) => { one.run.run_id = '\u001b]0;owned\u0007\n2026 fake \u202e \u009b31m'; });
    await run(['record', '--store', store], { input: ndjson(hostile) });
    const { out } = await run(['query', '--store', store, '-o', 'short']);
    assert.equal(lines(out).length, 1);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(out.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u202e]/);
    assert.match(out, /\\x1b\]0;owned\\a\\n2026 fake \\u\{202e\} \\u\{9b\}31m/);
});

test('a cursor goes on where it was left, from a file too', async (t) => {
    const { store, count } = await filled(t);
    const shown = await run(['query', '--store', store, '--limit', '4', '--show-cursor']);
    const cursor = /^-- cursor: (\S+)\n$/m.exec(shown.out)[1];
    assert.deepEqual((await recorded(store, '--after-cursor', cursor, '--limit', '2')).map((one) => one.seq), [5, 6]);
    const file = join(folder(t), 'cursor');
    assert.equal((await recorded(store, '--cursor-file', file, '--limit', '3')).length, 3);
    assert.equal((await recorded(store, '--cursor-file', file)).length, count - 3);
    assert.equal((await recorded(store, '--cursor-file', file)).length, 0);
    await run(['record', '--store', store], { input: ndjson(event()) });
    assert.deepEqual((await recorded(store, '--cursor-file', file)).map((one) => one.seq), [count + 1]);
    writeFileSync(file, 'nonsense\n');
    for (const args of [['--cursor-file', file], ['--after-cursor', 'c0'], ['--after-cursor', cursor, '--after', '3'],
        ['--cursor-file', file, '-r']])
        assert.equal((await run(['query', '--store', store, ...args])).code, 2);
});

test('tail shows the last ten, or what came after a cursor', async (t) => {
    const { store, count } = await filled(t);
    const seqs = async (...args) => lines((await run(['tail', '--store', store, '-o', 'json', ...args])).out)
        .map((line) => JSON.parse(line).seq);
    assert.deepEqual(await seqs(), Array.from({ length: 10 }, (_, i) => count - 9 + i));
    assert.deepEqual(await seqs('-n', '2'), [count - 1, count]);
    assert.equal((await seqs('--last=all')).length, count);
    assert.equal((await seqs('--after', '5')).length, count - 5);
});

test('streams are listed with their counts', async (t) => {
    const { store, count } = await filled(t);
    const { code, out } = await run(['streams', '--store', store]);
    assert.equal(code, 0);
    const streams = lines(out).map((line) => JSON.parse(line));
    assert.equal(streams.reduce((sum, one) => sum + one.events, 0), count);
    assert.deepEqual([...new Set(streams.map((one) => one.stream))].sort(), ['run-0', 'run-1', 'run-2']);
    const table = await run(['streams', '--store', store, '-o', 'table', '--tenant', 'odd']);
    assert.match(table.out, /^STREAM +TENANT +EVENTS/);
    assert.equal(lines(table.out).length, 1 + streams.filter((one) => one.tenant === 'odd').length);
});

// ---- pipes and terminals ----

test('a reader that goes away ends the command without a word', async (t) => {
    const store = join(folder(t), 's.db');
    await run(['record', '--store', store], { input: ndjson(...Array.from({ length: 2000 }, () => event())) });
    const { code, out, err } = await shell(`steno query --store '${store}' | head -n 1`);
    assert.deepEqual([code, lines(out).length, err], [0, 1, '']);
});

test('output that cannot be written is trouble', async (t) => {
    const { store } = await filled(t);
    const { code, err } = await shell(`steno query --store '${store}' > /dev/full`);
    assert.equal(code, 3);
    assert.match(err, /^steno: standard output: No space left on device; the output is not complete\n$/);
});

test('no colour and no progress where there is no terminal', async (t) => {
    const { store } = await filled(t);
    const { out, err } = await run(['query', '--store', store, '-o', 'short']);
    assert.ok(!out.includes('\u001b') && !err.includes('\u001b'));
});
