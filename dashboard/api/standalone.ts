import { TYPES, type Question } from './document.js';

/** Writes the question with its values in place, to be read and tried elsewhere. */
export function standalone({ parts, variables }: Question): string {
  const text = Object.entries(parts).map(([, field]) =>
    field.replace(/\$(\w+)/g, (_, name: string) => literal(variables[name] ?? null, TYPES[name])),
  );
  return laidOut(`{ ${text.join(' ')} }`);
}

/** Writes a value as GraphQL does; names of enums have no quotes. */
function literal(value: unknown, type = ''): string {
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, type)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, one]) => `${name}: ${literal(one, name === 'dimension' ? 'Dimension' : '')}`,
    );
    return `{ ${members.join(', ')} }`;
  }
  const isEnum = /^(Dimension|Metric|Interval|Comparison)/.test(type);
  return isEnum && typeof value === 'string' ? value : JSON.stringify(value);
}

/** Gives each selection lines of its own; braces in texts and arguments stay as they are. */
function laidOut(text: string): string {
  let depth = 0;
  let within = 0;
  let made = '';
  for (const token of text.match(/"(?:\\.|[^"\\])*"|[(){}]|\s+|[^\s(){}"]+/g) ?? []) {
    if (token === '(') within += 1;
    if (token === ')') within -= 1;
    if (within > 0 || token === ')') made += token;
    else if (token === '{') made += `{\n${'  '.repeat((depth += 1))}`;
    else if (token === '}')
      made = `${made.trimEnd()}\n${'  '.repeat((depth -= 1))}}\n${'  '.repeat(depth)}`;
    else made += /^\s/.test(token) ? (made.endsWith(' ') || made.endsWith('\n') ? '' : ' ') : token;
  }
  return `${made.trim()}\n`;
}
