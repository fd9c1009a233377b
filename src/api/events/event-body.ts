import { badInput } from '../../domain/errors.js';
import { linesOf, textOf } from '../http/request-body.js';

/** Returns the elements of a body; BAD_USER_INPUT if it lists none. */
export function elementsOf(body: Buffer, form: Form): readonly Element[] {
  const text = textOf(body);
  const whole = form === 'lines' ? undefined : parse(text);
  if (Array.isArray(whole)) return whole.map((json: unknown) => ({ json }));
  if (typeof whole === 'object' && whole !== null) return [{ json: whole }];
  const isArray = form === 'array' || (form === 'either' && text.trimStart().startsWith('['));
  if (!isArray) return linesOf(text).map((line) => ({ line }));
  const rule = whole === undefined ? 'must be JSON' : 'must be an array of events, or one event';
  throw badInput('body', rule);
}

/** The form in which a body lists its events; text may have either. */
type Form = 'array' | 'lines' | 'either';

export const EVENT_FORMS: Readonly<Record<string, Form>> = {
  'application/json': 'array',
  'application/x-ndjson': 'lines',
  /** The type that navigator.sendBeacon sends without a preflight. */
  'text/plain': 'either',
};

/** An event as it stands in its body: a JSON value, or a line that is not parsed yet. */
export type Element = { readonly json: unknown } | { readonly line: string };

/** Returns the JSON value of an element; undefined if it is not JSON. */
export const jsonOf = (element: Element): unknown =>
  'line' in element ? parse(element.line) : element.json;

/** Parses JSON; undefined, which JSON does not have, stands for invalid text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
