// `steno contract`: models, export, lint and docs of the contracts that ship.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, run } from './cli.mjs';

const dialect = 'https://json-schema.org/draft/2020-12/schema';
const text = (description, more = {}) => ({ type: 'string', ...more, description });

const userInfo = {
    type: 'object',
    properties: {
        username: text('System username (truncated to 100 characters)', { maxLength: 100 }),
        home: text('User home directory path (truncated to 500 characters)', { maxLength: 500 }),
    },
    required: ['username', 'home'],
};
const environmentInfo = {
    type: 'object',
    properties: {
        python_version: text('Python interpreter version'),
        platform: text('Operating system and platform identifier'),
        cwd: text('Current working directory (truncated to 500 characters)', { maxLength: 500 }),
    },
    required: ['python_version', 'platform', 'cwd'],
};
const timestamp = text('ISO 8601 timestamp in UTC', { format: 'date-time' });
const metadata = { type: 'object', additionalProperties: true, default: {}, description: 'Optional additional metadata' };

// The reference's schemas of both events, sections "SessionStartEvent" and "SessionEndEvent".
const sessionStart = {
    $schema: dialect,
    event_version: '1.0',
    title: 'SessionStartEvent',
    type: 'object',
    properties: {
        event_version: text("Event format version (currently '1.0')"),
        event_id: text('Unique event identifier (UUID v4 string)', { format: 'uuid' }),
        event_type: text('Event type discriminator', { const: 'session_start' }),
        component_name: text("Component name (e.g., 'mahavishnu', 'session-buddy')", { pattern: '^[a-zA-Z0-9_-]+$' }),
        shell_type: text("Shell class name (e.g., 'MahavishnuShell')"),
        timestamp,
        pid: { type: 'integer', minimum: 1, maximum: 4194304, description: 'Process ID (1-4194304)' },
        user: { $ref: '#/$defs/UserInfo' },
        hostname: text('System hostname'),
        environment: { $ref: '#/$defs/EnvironmentInfo' },
        metadata,
    },
    required: ['event_version', 'event_id', 'component_name', 'shell_type', 'timestamp', 'pid', 'user', 'hostname', 'environment'],
    $defs: { UserInfo: userInfo, EnvironmentInfo: environmentInfo },
};
const sessionEnd = {
    $schema: dialect,
    event_version: '1.0',
    title: 'SessionEndEvent',
    type: 'object',
    properties: {
        event_type: text('Event type discriminator', { const: 'session_end' }),
        session_id: text('Session ID from SessionStartEvent response'),
        timestamp,
        metadata,
    },
    required: ['session_id', 'timestamp'],
};

const references = async () =>
    (await run(['contract', 'list', '-o', 'json'])).out.trim().split('\n')
        .map((line) => JSON.parse(line)).map(({ name, version }) => `${name}@${version}`);

test('a model is shown as the schema that its document has', async () => {
    const start = await run(['contract', 'show', 'session-events@1.0', 'SessionStartEvent']);
    assert.equal(start.code, 0, start.err);
    assert.deepEqual(JSON.parse(start.out), sessionStart);
    const end = await run(['contract', 'show', 'session-events', 'SessionEndEvent']);
    assert.deepEqual(JSON.parse(end.out), sessionEnd);
});

test('an unknown model or contract is an error that names those there are', async () => {
    const model = await run(['contract', 'show', 'session-events@1.0', 'SessionStart']);
    assert.equal(model.code, 2);
    assert.match(model.err, /SessionStart: no such model of session-events@1\.0; there are SessionStartEvent, SessionEndEvent, UserInfo, EnvironmentInfo/);
    for (const verb of ['show', 'export']) {
        const contract = await run(['contract', verb, 'session-events@2.0']);
        assert.equal(contract.code, 2);
        assert.match(contract.err, /session-events@2\.0: .*there are .*session-events@1\.0/);
        assert.equal(contract.out, '');
    }
});

test('export gives the models of a contract by their names, in file order', async () => {
    const { code, out } = await run(['contract', 'export', 'session-events']);
    assert.equal(code, 0);
    const models = JSON.parse(out);
    assert.deepEqual(Object.keys(models), ['SessionStartEvent', 'SessionEndEvent', 'UserInfo', 'EnvironmentInfo']);
    assert.deepEqual(models.SessionStartEvent, sessionStart);
    assert.deepEqual(models.SessionEndEvent, sessionEnd);
    assert.deepEqual(models.UserInfo, { $schema: dialect, ...userInfo });
    assert.equal(out, `${JSON.stringify(models, null, 2)}\n`);
});

test('export without a name gives all contracts, each with its models', async () => {
    const { out } = await run(['contract', 'export', '--format', 'json']);
    const all = JSON.parse(out);
    assert.deepEqual(Object.keys(all), await references());
    for (const [reference, models] of Object.entries(all)) {
        assert.ok(Object.keys(models).length > 0, reference);
        for (const [name, model] of Object.entries(models)) {
            assert.equal(model.$schema, dialect, `${reference} ${name}`);
            assert.equal(model['x-steno'], undefined);
        }
    }
    assert.deepEqual(Object.keys(all['agent-event@v0']).slice(0, 3), ['Event', 'Tenant', 'Run']);
    assert.ok('BootstrapPlanned' in all['operations-events@v1']);
});

test('export as YAML is in block style, with what looks like a number quoted', async () => {
    const { code, out } = await run(['contract', 'export', 'session-events', '--format', 'yaml']);
    assert.equal(code, 0);
    assert.match(out, /^SessionStartEvent:\n {2}\$schema: https:\/\/json-schema.org\/draft\/2020-12\/schema\n {2}event_version: '1\.0'\n/);
    assert.match(out, /\n {6}minimum: 1\n/);
});

test('--out writes all or nothing; a refused format lists what there is and writes nothing', async (t) => {
    const out = join(folder(t), 'models.json');
    const refused = await run(['contract', 'export', '--format', 'toml', '--out', out]);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /--format toml: no such choice; one of json\|yaml/);
    assert.ok(!existsSync(out));
    const written = await run(['contract', 'export', 'session-events', '--out', out]);
    assert.equal(written.code, 0, written.err);
    assert.equal(written.out, '');
    assert.deepEqual(JSON.parse(readFileSync(out, 'utf8')).SessionStartEvent, sessionStart);
    assert.deepEqual(readdirSync(join(out, '..')), ['models.json']);
    const nowhere = await run(['contract', 'export', '--out', join(out, 'below')]);
    assert.equal(nowhere.code, 3);
    assert.match(nowhere.err, /--out .*below: /);
});

test('what says nothing is refused', async () => {
    for (const [args, told] of [
        [['list', '--format', 'yaml'], /contract list: --format says nothing here/],
        [['list', 'x'], /contract list: takes no argument; leave out x/],
        [['show'], /contract show: which one is missing/],
        [['show', 'a', 'b', 'c'], /leave out c/],
        [['exprot'], /no such command; did you mean export/],
        [[], /what to do is missing/],
    ]) {
        const { code, err } = await run(['contract', ...args]);
        assert.equal(code, 2);
        assert.match(err, told);
    }
});

// The reference's own sample ends at second 67, and its rule for times asks for the form only.
const odd = {
    event_type: 'session_end', session_id: 'sess_1', timestamp: '2026-02-06T12:34:67Z',
};

test('--strict-time holds times against the calendar', async () => {
    const input = `${JSON.stringify(odd)}\n`;
    assert.equal((await run(['check', '--contract', 'session-events'], { input })).code, 0);
    const strict = await run(['check', '--contract', 'session-events', '--strict-time'], { input });
    assert.equal(strict.code, 1);
    assert.match(strict.out, /stdin:1:\d+: \/timestamp: /);
    const senseless = await run(['check', '--schema', '/dev/null', '--strict-time'], { input });
    assert.equal(senseless.code, 2);
    assert.match(senseless.err, /say --format-assertion/);
});

test('record --strict-time refuses what record takes', async (t) => {
    const store = join(folder(t), 'steno.db');
    const input = `${JSON.stringify(odd)}\n`;
    const strict = await run(['record', '--store', store, '--strict-time'], { input });
    assert.equal(strict.code, 1, strict.err);
    assert.match(strict.err + strict.out, /\/timestamp/);
    assert.equal((await run(['record', '--store', store], { input })).code, 0);
    const far = await run(['record', '--url', 'http://127.0.0.1:1', '--strict-time'], { input });
    assert.equal(far.code, 2);
    assert.match(far.err, /steno serve --strict-time/);
});

const root = fileURLToPath(new URL('../../', import.meta.url));

test('the pages in docs/contracts are those that the contracts make', async () => {
    const pages = [];
    for (const reference of await references()) {
        const page = `${reference.replace('@', '-')}.md`;
        pages.push(page);
        const { code, out } = await run(['contract', 'docs', reference]);
        assert.equal(code, 0);
        assert.equal(readFileSync(join(root, 'docs/contracts', page), 'utf8'), out,
            `make it anew: steno contract docs ${reference} --out docs/contracts/${page}`);
    }
    assert.deepEqual(readdirSync(join(root, 'docs/contracts')).sort(), pages.sort());
});

// Cells of a table's rows; a bar within a cell is escaped.
const rows = (page) => page.split('\n').filter((line) => line.startsWith('| ')).map((line) =>
    line.slice(2, -2).split(/(?<!\\) ?\| /).map((cell) => cell.trim()));

test('a page names every type and model, its links lead somewhere, and its tables hold together', async () => {
    for (const reference of await references()) {
        const contract = JSON.parse((await run(['contract', 'show', reference])).out);
        const { out } = await run(['contract', 'docs', reference]);
        const anchors = new Set([...out.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
            heading.toLowerCase().replace(/[^a-z0-9_ -]/g, '').replaceAll(' ', '-')));
        for (const [, anchor] of out.matchAll(/\]\(#([^)]*)\)/g)) assert.ok(anchors.has(anchor), `${reference}: #${anchor}`);
        for (const name of Object.keys(contract['x-steno'].models)) {
            if (contract['x-steno'].models[name] !== '') assert.match(out, new RegExp(`^### ${name}$`, 'm'));
        }
        const named = contract['x-steno'].classify.flatMap(({ types }) => types ?? []).filter((type) => !type.includes('*'));
        const cells = rows(out);
        for (const type of named) assert.ok(cells.some((row) => row[0] === `\`${type}\`` && row.length === 6), `${reference}: ${type}`);
        let width = 0;
        for (const line of out.split('\n')) {
            const bars = line.match(/(?<!\\)\|/g)?.length ?? 0;
            if (line.startsWith('|')) assert.equal(bars, width || bars, `${reference}: ${line.slice(0, 80)}`);
            width = line.startsWith('|') ? bars : 0;
        }
    }
});

test('a page says what the contract says', async () => {
    const { out } = await run(['contract', 'docs', 'agent-event@v0']);
    for (const line of [
        '| `run.completed` | ops | run | error where `/run/status` is `"failure"`; warn where `/run/status` is `"cancelled"`; else info |  | `resource_usage`, `cost` |',
        '| `tenant_id` | yes | string | length >= 1 | The organisation. |',
        '| `tenant` | yes | [Tenant](#tenant) |  | Whose event this is. |',
        '- rank 1: `/event_version` is `"v0"`',
        '| stream | `/run/run_id` |',
    ]) assert.ok(out.includes(`${line}\n`), line);
    const unknown = await run(['contract', 'docs']);
    assert.equal(unknown.code, 2);
});

test('the ranks in docs/contracts.md are those of the contracts', async () => {
    const page = readFileSync(join(root, 'docs/contracts.md'), 'utf8');
    for (const reference of await references()) {
        const { 'x-steno': { recognise } } = JSON.parse((await run(['contract', 'show', reference])).out);
        for (const { rank } of recognise) assert.ok(page.includes(`| ${rank} | ${reference} |`), `${reference}: ${rank}`);
    }
});

test('lint: the contracts that ship, and their pages, are clean', async () => {
    const own = await run(['contract', 'lint'], { cwd: root });
    assert.equal(own.code, 0, own.out);
    const all = await references();
    assert.match(own.err, new RegExp(`^${all.length} searched, 0 found`, 'm'));
    for (const reference of all) {
        const { code, out, err } = await run(['contract', 'lint', reference, `docs/contracts/${reference.replace('@', '-')}.md`,
            `contracts/${reference.replace('@', '-')}.json`], { cwd: root });
        assert.equal(code, 0, out);
        assert.match(err, /^3 searched, 0 found/m);
    }
});

function project(t) {
    const place = folder(t);
    for (const path of ['docs/migration', '.git', 'src']) mkdirSync(join(place, path), { recursive: true });
    writeFileSync(join(place, 'docs/a.md'), 'The message\nbroker and the Broker are robust.\n');
    writeFileSync(join(place, 'docs/migration/b.md'), 'broker, bus\n');
    writeFileSync(join(place, '.git/c'), 'bus\n');
    writeFileSync(join(place, 'src/d'), 'bus\0');
    symlinkSync('..', join(place, 'src/up'));
    return place;
}

test('lint finds words in folders: not in .git, links, binary files and what is allowed', async (t) => {
    const cwd = project(t);
    const { code, out, err } = await run(['contract', 'lint', 'operations-events', '.'], { cwd });
    assert.equal(code, 1);
    const places = out.trim().split('\n').map((line) => line.split(': ').slice(0, 2).join(' '));
    assert.deepEqual(places, ['./docs/a.md:2:1 broker', './docs/a.md:2:29 bus']);
    assert.match(out, /: The broker is gone since .* Instead: direct SSH sessions\n/);
    assert.match(err, /3 searched, 2 found/);
    for (const glob of ['docs/*.md', 'docs/**', '**/a.md']) {
        const allowed = await run(['contract', 'lint', 'operations-events', '--allow', glob, '.'], { cwd });
        assert.equal(allowed.code, 0, `${glob}: ${allowed.out}`);
    }
    const further = await run(['contract', 'lint', 'operations-events', '--allow', '*.md', cwd]);
    assert.equal(further.code, 1);
    const all = await run(['contract', 'lint', './docs'], { cwd });
    assert.equal(all.code, 1);
    assert.match(all.err, new RegExp(`^${2 + (await references()).length} searched, 2 found`, 'm'));
});

test('lint tells what it cannot search', async (t) => {
    const cwd = folder(t);
    const unknown = await run(['contract', 'lint', 'nothing'], { cwd });
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /nothing: no such contract/);
    const missing = await run(['contract', 'lint', 'operations-events', 'a\x1b[31m', './b'], { cwd });
    assert.equal(missing.code, 3);
    assert.match(missing.err, /a\\x1b\[31m: No such file/);
    assert.match(missing.err, /b: No such file/);
    const glob = await run(['contract', 'lint', '--allow', 'a**b'], { cwd });
    assert.equal(glob.code, 2);
    assert.match(glob.err, /--allow a\*\*b: /);
    writeFileSync(join(cwd, 'large'), '');
    truncateSync(join(cwd, 'large'), (64 << 20) + 1);
    assert.equal((await run(['contract', 'lint', 'operations-events', 'large'], { cwd })).code, 0); // holes are NULs
    writeFileSync(join(cwd, 'large'), Buffer.alloc((64 << 20) + 1, ' '));
    const large = await run(['contract', 'lint', 'operations-events', 'large'], { cwd });
    assert.equal(large.code, 3);
    assert.match(large.err, /large: over a limit: a text may have at most 64 MiB/);
});

test('types are written in each language, to stdout or to a file', async (t) => {
    const dir = folder(t);
    const marks = { c: 'struct session_event_user_info {', ts: 'export interface UserInfo {', py: 'class UserInfo(TypedDict):' };
    for (const [lang, mark] of Object.entries(marks)) {
        const { code, out, err } = await run(['contract', 'types', 'session-events@1.0', '--lang', lang]);
        assert.equal(code, 0, err);
        assert.ok(out.includes(mark), out);
        assert.match(out, /contract session-events@1\.0, made from the file with the SHA-256\n[^\n]*[0-9a-f]{64} by/);
        const file = join(dir, `types.${lang}`);
        assert.equal((await run(['contract', 'types', 'session-events', '--lang', lang, '--out', file])).code, 0);
        assert.equal(readFileSync(file, 'utf8'), out);
    }
});

test('types ask for a language that there is, and for a contract', async () => {
    const cases = [
        [['agent-event'], /say --lang c, ts or py/],
        [['agent-event', '--lang', 'rust'], /c, ts or py|c\|ts\|py/],
        [['--lang', 'c'], /contract types NAME/],
        [['none', '--lang', 'c'], /no such contract; there are agent-event@v0/],
        [['agent-event', '--lang', 'c', '--format', 'yaml'], /--format/],
    ];
    for (const [args, words] of cases) {
        const { code, err } = await run(['contract', 'types', ...args]);
        assert.equal(code, 2, err);
        assert.match(err, words);
    }
});
