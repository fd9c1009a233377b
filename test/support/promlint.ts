/** A metric as the text format of Prometheus has it. */
interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: ReadonlySet<string>;
}

const METRIC_TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped', 'info', 'stateset'];
/** Abbreviations and multiples of units, by the lists of Prometheus' own linter. */
const ABBREVIATED = /^(s|ms|us|ns|sec|b|kb|mb|gb|tb|pb|m|h|d)$/;
const MULTIPLES = ['minutes', 'hours', 'days', 'weeks', 'bits', 'percent', 'fahrenheit', 'inches'];
const MULTIPLE = /^(milli|micro|nano|kilo|mega|giga|tera)(seconds|bytes|meters|grams|volts)$/;

type Rule = readonly [fault: string, isBroken: (family: Family) => boolean];

const rules: readonly Rule[] = [
  ['has no help', ({ help }) => help === ''],
  [
    'is a counter without _total',
    ({ name, type }) => type === 'counter' && !name.endsWith('_total'),
  ],
  ['is no counter, with _total', ({ name, type }) => type !== 'counter' && name.endsWith('_total')],
  [
    'has a suffix of histograms',
    ({ name, type }) => !isDistribution(type) && /_(count|sum|bucket)$/.test(name),
  ],
  ['has the label le', ({ type, labels }) => type !== 'histogram' && labels.has('le')],
  ['has the label quantile', ({ type, labels }) => type !== 'summary' && labels.has('quantile')],
  ['has its type in its name', ({ name, type }) => name.split('_').includes(type)],
  ['is no known type', ({ type }) => !METRIC_TYPES.includes(type)],
  ['has a colon in its name', ({ name }) => name.includes(':')],
  [
    'is not in lower case with underscores',
    ({ name, labels }) => [name, ...labels].some((text) => /[a-z][A-Z]/.test(text)),
  ],
  ['abbreviates a unit', ({ name }) => name.split('_').some((word) => ABBREVIATED.test(word))],
  [
    'is in no base unit',
    ({ name }) => name.split('_').some((word) => MULTIPLES.includes(word) || MULTIPLE.test(word)),
  ],
];

const isDistribution = (type: string): boolean => type === 'histogram' || type === 'summary';

/** What `promtool check metrics` would say of metrics: each fault, with the metric's name. */
export const lint = (text: string): readonly string[] =>
  familiesOf(text).flatMap((family) =>
    rules.flatMap(([fault, isBroken]) => (isBroken(family) ? [`${family.name} ${fault}`] : [])),
  );

function familiesOf(text: string): readonly Family[] {
  const helps = new Map<string, string>();
  for (const [, name = '', help = ''] of text.matchAll(/^# HELP (\S+) ?(.*)$/gm)) {
    helps.set(name, help);
  }
  const samples = [...text.matchAll(/^([\w:]+)(?:\{(.*)\})? \S+$/gm)];
  return [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = '', type = '']) => {
    const own = samples.filter(([, sample = '']) => sample.startsWith(name));
    const labels = own.flatMap(([, , list = '']) =>
      [...list.matchAll(/(\w+)="/g)].map(([, label = '']) => label),
    );
    return { name, type, help: helps.get(name) ?? '', labels: new Set(labels) };
  });
}
