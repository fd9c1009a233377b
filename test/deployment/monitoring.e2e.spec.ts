import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { anchorsIn, quotedIn, read, tableRows } from '../docs/markdown.js';
import { withServer } from '../support/e2e.js';
import { send, sendEvents, withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import { describeWithPrograms, programPath } from '../support/programs.js';
import { freePort } from '../support/proxies.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook: string;
  };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly datasource?: unknown;
  readonly targets?: readonly { readonly expr: string; readonly datasource: unknown }[];
}

const READ = 'a-read-key-for-tests-1';
const INGEST = 'an-ingest-key-for-tests';
const FOLDER = 'deploy/prometheus';
const GRID_WIDTH = 24;
/** What Prometheus itself adds to every metric, and to the buckets of a histogram. */
const ADDED_LABELS = ['instance', 'job', 'le', 'alertname', 'alertstate'];

const { groups } = parse(read(`${FOLDER}/rules.yml`)) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const board = JSON.parse(read('deploy/grafana/playhead.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
};
const targets = board.panels.flatMap((panel) => panel.targets ?? []);
/** The queries of the board, with what Grafana puts into them. */
const queries = targets.map(({ expr }) =>
  expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m'),
);
const expressions = [...rules.map(({ expr }) => expr), ...queries];

const under = withServer({ READ_KEY: READ, INGEST_KEY: INGEST });
const folder = temporaryFolder();
afterAll(() => {
  removeFolder(folder);
});

/** The metrics that docs/operations.md lists, with their labels; test/e2e/ compares that list. */
const documented = new Map(
  tableRows(read('docs/operations.md'), 'metric').map(([name = '', , labels = '']) => [
    quotedIn(name)[0] ?? '',
    quotedIn(labels),
  ]),
);
// Nodes with a store elsewhere alone have it.
documented.set('playhead_clock_offset_seconds', ['store']);
const familyOf = (name: string): string =>
  documented.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');

describe('the alerts', () => {
  it('are those that docs/operations.md lists, for as long as it says', () => {
    const listed = tableRows(read('docs/operations.md'), 'alert').map(([name = '', time = '']) => [
      quotedIn(name)[0],
      time === 'at once' ? undefined : time.replace(' min', 'm'),
    ]);
    expect(listed).toEqual(rules.map((rule) => [rule.alert, rule.for]));
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s says what to do, and where more is said',
    (_, { labels, annotations }) => {
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(annotations.summary).toMatch(/\.$/);
      expect(annotations.description.split(' ').length).toBeGreaterThan(15);
      const [path = '', anchor] = annotations.runbook.split('#');
      if (anchor !== undefined) expect(anchorsIn(read(path))).toContain(anchor);
      expect(read(path)).not.toBe('');
    },
  );
});

describe('the board', () => {
  it('has panels that each lie in a place of their own', () => {
    const ids = board.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(GRID_WIDTH);
      return Array.from(
        { length: w * h },
        (_, i) => `${String(x + (i % w))} ${String(y + Math.floor(i / w))}`,
      );
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('asks the chosen source of the chosen nodes, in every panel', () => {
    expect(board.templating.list.map(({ name }) => name)).toEqual(['datasource', 'instance']);
    const source = { type: 'prometheus', uid: '${datasource}' };
    for (const { datasource, expr } of targets) {
      expect(datasource).toEqual(source);
      expect(expr).toContain('instance=~"$instance"');
    }
    for (const panel of board.panels.filter(({ type }) => type !== 'row')) {
      expect([panel.title, panel.targets?.length ?? 0]).not.toEqual([panel.title, 0]);
      expect(panel.datasource).toEqual(source);
    }
  });

  it('shows every metric of the server that alerts speak of', () => {
    const shown = new Set(queries.flatMap(namesIn).map(familyOf));
    const spokenOf = new Set(rules.flatMap(({ expr }) => namesIn(expr)).map(familyOf));
    const unseen = [...spokenOf].filter((name) => !shown.has(name));
    expect(unseen).toEqual(['playhead_rollup_backlog_sessions', 'process_start_time_seconds']);
  });
});

const namesIn = (expr: string): readonly string[] =>
  expr.match(/\b(playhead|nodejs|process)_\w+/g) ?? [];

describe('what alerts and board ask for', () => {
  it('is there: each metric in /metrics, and each label', async () => {
    await send(`${under.server.url}/health/ready`);
    const { text } = await send(`${under.server.url}/metrics`, { headers: withKey(READ) });
    expect(text).toMatch(/^playhead_http_requests_total\{.*route="\/health\/ready",status="\d+"/m);
    const types = new Map(
      [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name, type]) => [name, type]),
    );
    types.set('playhead_clock_offset_seconds', 'gauge');
    for (const name of new Set(expressions.flatMap(namesIn))) {
      const isOfHistogram = types.get(name.replace(/_(bucket|sum|count)$/, '')) === 'histogram';
      expect([name, types.has(name) || isOfHistogram]).toEqual([name, true]);
    }
    for (const expr of expressions) {
      const selectors = [...expr.matchAll(/\b(playhead_\w+)\{([^}]*)\}/g)];
      for (const [, name = '', matchers = ''] of selectors) {
        const labels = [...matchers.matchAll(/(\w+)(?==|!=|!~)/g)].map(([label]) => label);
        const known = [...(documented.get(familyOf(name)) ?? []), ...ADDED_LABELS];
        expect([name, labels.filter((label) => !known.includes(label))]).toEqual([name, []]);
      }
      const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
        list.split(/, ?/),
      );
      const known = namesIn(expr).flatMap((name) => documented.get(familyOf(name)) ?? []);
      expect([
        expr,
        grouped.filter((label) => ![...known, ...ADDED_LABELS].includes(label)),
      ]).toEqual([expr, []]);
    }
  });
});

/** Our configuration, with the target, the key and the pace of a test. */
function configured(target: string): string {
  const keyPath = join(folder, 'read-key');
  writeFileSync(keyPath, `${READ}\n`);
  const text = read(`${FOLDER}/prometheus.yml`);
  for (const part of ['/run/secrets/read-key', 'playhead:3000', 'interval: 15s']) {
    expect(text).toContain(part);
  }
  const path = join(folder, 'prometheus.yml');
  writeFileSync(
    path,
    text
      .replace('/run/secrets/read-key', keyPath)
      .replace(/targets: \['playhead:3000'\]/, `targets: ['${target}']`)
      .replaceAll('interval: 15s', 'interval: 1s'),
  );
  copyFileSync(`${FOLDER}/rules.yml`, join(folder, 'rules.yml'));
  return path;
}

describeWithPrograms(['promtool', 'prometheus'], 'Prometheus itself', () => {
  const promtool = (cwd: string, ...words: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(programPath('promtool') ?? '', words, {
      cwd,
      encoding: 'utf8',
    });
    return { status, said: `${stdout}${stderr}` };
  };

  it('takes the configuration, the rules and the queries of the board', () => {
    expect(promtool('.', 'check', 'config', configured('127.0.0.1:1'))).toMatchObject({
      status: 0,
    });
    const asRules = queries.map((expr, index) => ({ record: `board:${String(index)}`, expr }));
    writeFileSync(
      join(folder, 'board.yml'),
      stringify({ groups: [{ name: 'board', rules: asRules }] }),
    );
    expect(promtool(folder, 'check', 'rules', 'board.yml')).toMatchObject({ status: 0 });
  });

  it('raises each alert when it should, and only then', () => {
    const { status, said } = promtool(FOLDER, 'test', 'rules', 'rules.test.yml');
    expect([status, said]).toEqual([0, expect.stringContaining('SUCCESS')]);
    const tested = read(`${FOLDER}/rules.test.yml`);
    for (const { alert } of rules) expect(tested).toContain(`alertname="${alert}"`);
  });

  it('gets an answer of a server with keys to everything, and no alert', async () => {
    const { url } = under.server;
    await sendEvents(url, [{ mediaId: 'm', eventType: 'SESSION_START' }], withKey(INGEST));
    const address = `127.0.0.1:${String(await freePort())}`;
    const words = [
      `--config.file=${configured(new URL(url).host)}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=${address}`,
    ];
    const child = spawn(programPath('prometheus') ?? '', words, { stdio: 'ignore' });
    const ended = once(child, 'close');
    const ask = async (path: string): Promise<unknown> => {
      const response = await fetch(`http://${address}/api/v1/${path}`);
      const { data, error } = (await response.json()) as { data: unknown; error?: string };
      expect([path, response.status, error]).toEqual([path, 200, undefined]);
      return data;
    };
    const query = async (expr: string): Promise<number> =>
      ((await ask(`query?query=${encodeURIComponent(expr)}`)) as { result: unknown[] }).result
        .length;
    try {
      await until(
        () =>
          fetch(`http://${address}/-/ready`).then(
            ({ ok }) => ok,
            () => false,
          ),
        60_000,
      );
      await until(async () => (await query('up{job="playhead"} == 1')) === 1, 60_000);
      await until(
        async () => (await query('rate(process_cpu_seconds_total{job="playhead"}[1m])')) === 1,
        60_000,
      );
      for (const expr of queries) await query(expr);
      expect(
        await query(queries.find((expr) => expr.includes('projection_up')) ?? ''),
      ).toBeGreaterThan(1);
      const evaluated = async (): Promise<readonly { health: string }[]> =>
        ((await ask('rules')) as { groups: { rules: { health: string }[] }[] }).groups.flatMap(
          (group) => group.rules,
        );
      await until(
        async () => (await evaluated()).every(({ health }) => health !== 'unknown'),
        60_000,
      );
      expect((await evaluated()).map(({ health }) => health)).toEqual(rules.map(() => 'ok'));
      expect(await ask('alerts')).toEqual({ alerts: [] });
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  });
});
