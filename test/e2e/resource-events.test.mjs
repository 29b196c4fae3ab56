// A day of a resource-events run, in the old form and in the new, recorded and queried whole; what is
// no event of it; and the making of every type.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, lines, run } from './cli.mjs';

// ---- two days of our own making ----

// A line as the producers write it: blanks behind ',' and ':', nothing but ASCII.
function written(value) {
    if (Array.isArray(value))
        return `[${value.map(written).join(', ')}]`;
    if (value !== null && typeof value === 'object')
        return `{${Object.entries(value).map(([name, one]) => `${written(name)}: ${written(one)}`).join(', ')}}`;
    return JSON.stringify(value).replace(/[\u0080-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const levels = {
    audit: ['world_init', 'tick', 'quota_set', 'resource_consumed', 'resource_allocated', 'resource_spent', 'agent_state',
        'agent_frozen', 'agent_unfrozen', 'principal_created', 'artifact_written', 'artifact_edited', 'scrip_deducted',
        'scrip_credited', 'scrip_transferred', 'mint', 'delegation_granted'],
    debug: ['artifact_read', 'invoke', 'kernel_query'],
};

const levelOf = (type) => Object.keys(levels).find((level) => levels[level].includes(type)) ?? 'ops';

/** A day's lines: each with the type, the stream, the time and the failure that its event states. */
class Day {
    constructor(start, zone) {
        this.lines = [];
        this.ms = Date.parse(`${start}Z`);
        this.zone = zone;
        this.state = 7;
    }

    random(below) { // the same in every run
        this.state = (this.state * 1103515245 + 12345) % 2 ** 31;
        return Math.floor(this.state / 2 ** 16) % below;
    }

    timestamp() {
        this.ms += 20_000 + this.random(60_000);
        const text = new Date(this.ms).toISOString().replace('Z', '');
        return text.endsWith('.000') ? text.slice(0, -4) : `${text}${String(this.random(1000)).padStart(3, '0')}`;
    }

    say(type, stream, members, { failed = false, envelope = {} } = {}) {
        const event = { timestamp: this.timestamp() + this.zone, ...envelope, event_type: type, ...members };
        this.lines.push({ line: written(event), event, type, stream, ms: this.ms, failed });
    }

    text() {
        return this.of(() => true);
    }

    of(chosen) {
        return this.lines.filter(chosen).map(({ line }) => `${line}\n`).join('');
    }
}

const agents = ['alpha', 'beta', 'gamma'];

function success(message, data = null) {
    return { success: true, message, data };
}

const refusal = { success: false, message: 'not yours', error_code: 'not_owner', error_category: 'permission', retriable: false };

// Turns, compute and oracle: 12 January 2026.
function oldDay() {
    const day = new Day('2026-01-12T06:00:00', '');
    const compute = {};
    const scrip = Object.fromEntries(agents.map((agent) => [agent, 100]));
    day.say('world_init', undefined, {
        max_ticks: 24, rights: { default_compute_quota: 50, default_disk_quota: 10000 },
        costs: { per_1k_input_tokens: 1, per_1k_output_tokens: 3, actions: { noop: 1, write_artifact: 5 }, default: 1 },
        principals: agents.map((id) => ({ id, starting_scrip: 100, compute_quota: 50 })),
    });
    for (let tick = 1; tick <= 24; tick++) {
        const envelope = {};
        for (const agent of agents) {
            compute[agent] = 50 - day.random(20);
            if (day.random(9) === 0) {
                day.say('thinking_failed', agent, { tick, principal_id: agent, reason: 'insufficient_compute', thinking_cost: 60,
                    compute_before: compute[agent], tokens: { input: 4100, output: 900 } }, { failed: true, envelope });
                continue;
            }
            day.say('thinking', agent, { tick, principal_id: agent, input_tokens: 900 + day.random(900), output_tokens: 120,
                thinking_cost: 3, compute_after: compute[agent], thought_process: `Zeit für Pläne 🤔 ${tick}` }, { envelope });
            const failed = day.random(5) === 0;
            const intent = { action_type: 'write_artifact', principal_id: agent, reasoning: '', artifact_id: `note_${tick}`,
                artifact_type: 'text', content: 'a "quoted" \\ line\n' };
            day.say('action', agent, { tick, intent, result: failed ? refusal : success('Wrote it', { size: 21 }),
                scrip_after: scrip[agent] }, { failed, envelope });
            if (day.random(4) === 0)
                day.say('invoke_success', agent, { tick, invoker_id: agent, artifact_id: 'shop', method: 'buy',
                    duration_ms: 1.5, result_type: 'dict' });
        }
        if (tick % 6 === 0)
            day.say(tick < 12 ? 'oracle_auction' : 'mint_auction', 'beta', { tick, winner_id: 'beta', artifact_id: `note_${tick}`,
                winning_bid: 5, price_paid: 2, score: 70, scrip_minted: 7, ubi_distributed: { alpha: 1, gamma: 1 }, error: null });
        day.say('tick', undefined, { tick, compute, scrip, artifact_count: tick * 2, rate_tracker_mode: false });
    }
    day.say('budget_pause', undefined, { tick: 24, cumulative_api_cost: 1.0004, max_api_cost: 1.0, checkpoint_file: 'checkpoint.json' });
    return day;
}

// Sequence, event_number and tokens: 10 February 2026.
function newDay() {
    const day = new Day('2026-02-10T07:00:00', '+00:00');
    let sequence = 0;
    let number = 0;
    const say = (type, stream, members, more = {}) =>
        day.say(type, stream, members, { ...more, envelope: { sequence: ++sequence } });
    say('world_init', undefined, { costs: { per_1k_input_tokens: 1, per_1k_output_tokens: 3 }, principals: [] });
    for (const agent of agents)
        say('principal_created', agent, { principal_id: agent, created_by: 'system', has_standing: true, has_loop: true, starting_scrip: 100 });
    for (let turn = 1; turn <= 40; turn++) {
        const agent = agents[day.random(3)];
        const other = agents[(agents.indexOf(agent) + 1) % 3];
        const en = ++number;
        say('thinking', agent, { principal_id: agent, model: 'm-large', input_tokens: 1000 + turn, output_tokens: 80,
            api_cost: 0.0042, llm_budget_after: 1 - 0.0042 * turn, reasoning: 'naïve — but fine' });
        say('resource_consumed', agent, { principal_id: agent, resource: 'llm_tokens', amount: 1080 + turn, balance_after: 8500, quota: 10000,
            rate_window_remaining: 6500 });
        const failed = turn % 7 === 0;
        if (turn % 3 === 0 && !failed) {
            say('scrip_transferred', agent, { from_id: agent, to_id: other, amount: 2, from_balance: 98, to_balance: 102 });
            say('transfer', agent, { sender: agent, recipient: other, amount: 2, memo: null, sender_balance_after: 98, recipient_balance_after: 102 });
            say('action', agent, { event_number: en, intent: { action_type: 'transfer', principal_id: agent, reasoning: '', recipient_id: other, amount: 2 },
                result: success('Sent'), scrip_after: 98 });
        } else {
            if (!failed) {
                say('resource_allocated', agent, { principal_id: agent, resource: 'disk', amount: 21.0, used_after: 21.0 * turn, quota: 10000 });
                say('artifact_written', agent, { event_number: en, artifact_id: `note_${turn}`, created_by: agent, type: 'text', executable: false,
                    size_bytes: 21, was_update: false, has_standing: false, has_loop: false });
            }
            say('action', agent, { event_number: en, intent: { action_type: 'write_artifact', principal_id: agent, reasoning: 'so', artifact_id: `note_${turn}`,
                artifact_type: 'text', content: 'x' }, result: failed ? refusal : success('Wrote it'), scrip_after: 98 }, { failed });
        }
        if (turn % 5 === 0)
            say('kernel_query', agent, { event_number: en, principal_id: agent, query_type: 'balances', params: {}, success: true });
        if (turn % 8 === 0)
            say('invoke', agent, { principal_id: agent, caller_artifact: 'shop', target_artifact: 'bank', success: true, price_paid: 1, depth: 1 });
        if (turn % 10 === 0)
            say('mint_auction', undefined, { winner_id: null, artifact_id: null, winning_bid: 0, price_paid: 0, score: null, scrip_minted: 0,
                ubi_distributed: {}, error: 'No submissions' });
        if (turn === 20)
            say('weather_changed', undefined, { to: 'rain', severity: 'much' }); // a type that nobody named
    }
    say('agent_frozen', 'gamma', { event_number: number, agent_id: 'gamma', reason: 'rate_limited', scrip_balance: 98, compute_remaining: 0.0,
        owned_artifacts: [], last_action_at: number });
    say('agent_state', 'gamma', { agent_id: 'gamma', status: 'frozen', scrip: 98.0, resources: { llm_tokens: { used: 0.0 }, llm_budget: { remaining: 0.83 },
        disk: { used: 63.0 } }, frozen_reason: 'rate_limited' });
    return day;
}

// ---- recording and asking ----

async function raw(store, ...filters) {
    const level = filters.includes('--level') ? [] : ['--level', 'debug'];
    const { code, bytes, err } = await run(['query', '--store', store, '-o', 'raw', ...level, ...filters]);
    assert.equal(code, 0, err);
    return bytes.toString();
}

async function record(store, file, ...args) {
    return run(['record', '--store', store, ...args, file]);
}

/** Every question a reader would ask of a day is answered by just the lines that it is about. */
async function ask(store, day) {
    assert.equal(await raw(store), day.text());
    for (const type of new Set(day.lines.map((one) => one.type)))
        assert.equal(await raw(store, '--type', type), day.of((one) => one.type === type), type);
    for (const agent of agents)
        assert.equal(await raw(store, '--stream', agent), day.of((one) => one.stream === agent), agent);
    assert.equal(await raw(store, '--severity', 'error'), day.of((one) => one.failed));
    const order = ['audit', 'ops', 'debug'];
    for (const level of order)
        assert.equal(await raw(store, '--level', level),
            day.of((one) => order.indexOf(levelOf(one.type)) <= order.indexOf(level)), level);
    const [first, last] = [day.lines[0].ms, day.lines.at(-1).ms];
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
        const ms = Math.round(first + (last - first) * part);
        const at = new Date(ms).toISOString();
        assert.equal(await raw(store, '--until', at), day.of((one) => one.ms < ms), at);
        assert.equal(await raw(store, '--since', at), day.of((one) => one.ms >= ms), at);
    }
    const noon = new Date(Math.round((first + last) / 2)).toISOString();
    assert.equal(await raw(store, '--since', noon, '--stream', 'beta', '--type', 'action,thinking'),
        day.of((one) => one.ms >= Date.parse(noon) && one.stream === 'beta' && ['action', 'thinking'].includes(one.type)));
}

test('a day of turns, compute and oracle is recorded and queried whole', async (t) => {
    const dir = folder(t);
    const store = join(dir, 's.db');
    const day = oldDay();
    assert.ok(day.lines.length > 150, `${day.lines.length} lines`);
    writeFileSync(join(dir, 'run.jsonl'), day.text());
    const { code, err } = await record(store, join(dir, 'run.jsonl'), '--contract', 'resource-events@1');
    assert.equal(code, 0, err);
    assert.match(err, new RegExp(`^${day.lines.length} accepted`, 'm'));
    await ask(store, day);
});

test('a day of sequences is recognised, recorded and queried whole', async (t) => {
    const dir = folder(t);
    const store = join(dir, 's.db');
    const day = newDay();
    assert.ok(day.lines.length > 150, `${day.lines.length} lines`);
    writeFileSync(join(dir, 'events.jsonl'), day.text());
    const { code, err } = await record(store, join(dir, 'events.jsonl'));
    assert.equal(code, 0, err);
    assert.match(err, new RegExp(`^${day.lines.length} accepted`, 'm'));
    await ask(store, day);
});

test('both days in one store stand in the order in which they came, each line as it came', async (t) => {
    const dir = folder(t);
    const store = join(dir, 's.db');
    const days = [newDay(), oldDay()];
    for (const [i, day] of days.entries()) {
        writeFileSync(join(dir, `${i}.jsonl`), day.text());
        assert.equal((await record(store, join(dir, `${i}.jsonl`), '--contract', 'resource-events')).code, 0);
    }
    assert.equal(await raw(store, '--contract', 'resource-events@1'), days.map((day) => day.text()).join(''));
    assert.equal(await raw(store, '--until', '2026-02-01'), days[1].text());
    assert.equal(await raw(store, '--since', '2026-02-01'), days[0].text());
    const { out } = await run(['query', '--store', store, '-o', 'json', '--level', 'debug']);
    const all = days.flatMap((day) => day.lines);
    for (const [i, line] of lines(out).entries()) {
        assert.ok(line.endsWith(`"event":${all[i].line}}`));
        const { seq, contract, type, stream } = JSON.parse(line);
        assert.deepEqual({ seq, contract, type, stream },
            { seq: i + 1, contract: 'resource-events@1', type: all[i].type, stream: all[i].stream });
    }
});

test('old and new names of a resource are one in the record, and a balance is no usage', async (t) => {
    const store = join(folder(t), 's.db');
    for (const day of [oldDay(), newDay()])
        assert.equal((await run(['record', '--store', store, '--contract', 'resource-events'], { input: day.text() })).code, 0);
    const { out } = await run(['query', '--store', store, '-o', 'json', '--type', 'thinking,resource_consumed']);
    const asked = lines(out).map((line) => JSON.parse(line));
    const old = asked.find(({ event }) => 'tick' in event);
    assert.deepEqual(old.resources, [{ kind: 'renewable', name: 'llm_tokens', principal: old.stream, amount: 3, balance: old.event.compute_after }]);
    const thought = asked.find(({ type, event }) => type === 'thinking' && 'sequence' in event);
    assert.deepEqual(thought.resources, [{ kind: 'depletable', name: 'llm_budget', principal: thought.stream, amount: 0.0042,
        balance: thought.event.llm_budget_after }]);
    const consumed = asked.find(({ type }) => type === 'resource_consumed');
    assert.deepEqual(consumed.resources, [{ kind: 'renewable', name: 'llm_tokens', principal: consumed.stream, amount: consumed.event.amount,
        balance: 8500, quota: 10000, window_remaining: 6500 }]);
});

// ---- what is no event ----

test('a line without any counter is recognised only when its contract is named', async (t) => {
    const store = join(folder(t), 's.db');
    const day = oldDay();
    const input = day.text();
    const { code, err } = await run(['record', '--store', store], { input });
    assert.equal(code, 1);
    assert.match(err, /:1: .*fits no contract; name one with --contract/);
    assert.match(err, new RegExp(`${day.lines.length - 1} accepted.* 1 rejected`));
    assert.equal(await raw(store), day.of((one) => one.type !== 'world_init'));
});

test('NaN and Infinity are no JSON, and their line is refused as such', async (t) => {
    const store = join(folder(t), 's.db');
    for (const token of ['NaN', 'Infinity', '-Infinity']) {
        const input = `{"event_type": "thinking", "tick": 0, "principal_id": "alpha", "rate_remaining": ${token}}\n`;
        for (const args of [['record', '--store', store], ['check']]) {
            const { code, out, err } = await run([...args, '--contract', 'resource-events'], { input });
            assert.equal(code, 1);
            assert.match(out + err, /:1:.*not JSON/);
        }
    }
});

test('a line that says one member twice has no envelope to trust, and the door refuses it', async (t) => {
    const store = join(folder(t), 's.db');
    const input = '{"timestamp": "2026-01-18T10:00:00+00:00", "event_type": "tick", "tick": 1, "timestamp": 1768730400.5}\n';
    const { code, err } = await run(['record', '--store', store], { input });
    assert.equal(code, 1);
    assert.match(err, /:1:.*name that the object does not have yet/);
});

// ---- making events ----

test('every type is made valid from its facts alone', async () => {
    const table = new URL('../contract/cases/resource-events-1.ndjson', import.meta.url);
    const examples = new Map();
    for (const line of lines(readFileSync(table, 'utf8'))) {
        const { event, errors } = JSON.parse(line);
        if (errors.length === 0 && !examples.has(event.event_type))
            examples.set(event.event_type, event);
    }
    const types = lines((await run(['new'])).out).map((line) => line.split(/ +/))
        .filter(([contract]) => contract === 'resource-events@1').map(([, type]) => type);
    assert.ok(types.length >= 80, `${types.length} types`);
    let all = '';
    for (const type of types) {
        const { event_type, ...stated } = examples.get(type);
        const facts = ['sequence', 'tick', 'event_number'].some((name) => name in stated) ? stated : { sequence: 1, ...stated };
        const fields = Object.entries(facts).map(([name, value]) => `/${name}:=${JSON.stringify(value)}`);
        const made = await run(['new', type, '--contract', 'resource-events@1', ...fields]);
        assert.equal(made.code, 0, `${type}: ${made.err}`);
        const { timestamp } = JSON.parse(made.out);
        assert.match(String(timestamp), 'timestamp' in facts ? /./ : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        assert.deepEqual(JSON.parse(made.out), { event_type, timestamp, ...facts });
        all += made.out;
    }
    const checked = await run(['check', '--contract', 'resource-events@1'], { input: all });
    assert.equal(checked.code, 0, checked.out);
    const call = await run(['new', 'invoke', '--contract', 'resource-events', 'principal_id=alpha', 'target_artifact=shop', 'sequence=9']);
    const { timestamp, ...made } = JSON.parse(call.out);
    assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 600_000);
    assert.deepEqual(made, { event_type: 'invoke', principal_id: 'alpha', target_artifact: 'shop', sequence: 9, success: true });
    const lacking = await run(['new', 'resource_spent', '--contract', 'resource-events', 'principal_id=alpha']);
    assert.equal(lacking.code, 1);
    for (const name of ['resource', 'amount', 'balance_after'])
        assert.match(lacking.err, new RegExp(`\\$\\.${name} is required`));
});
