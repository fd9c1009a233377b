import type { DeviceType } from '../../domain/session-context.js';
import type { ClientHints } from './client-hints.js';

type Rule = readonly [DeviceType, RegExp];

/** What names its device, the more particular first; each is read once for an agent. */
const NAMED: readonly Rule[] = [
  ['OTHER', /oculusbrowser|\bquest\b|pico ?(?:neo|\d)|watch ?os|apple ?watch|\bwatch\d|tesla\//i],
  ['CONSOLE', /playstation|\bxbox\b|nintendo/i],
  // Before TVs: apps on phones have "TV" in their names.
  ['PHONE', /\b(?:iphone|ipod)\b(?!.*\bapple ?tv\b)/i],
  ['TABLET', /\bipad/i],
  ['TV', /smart-?tv|hbbtv|netcast|web0s|webos|\broku\b|crkey|\btv\b|tvos|smartcast/i],
  ['TV', /bravia|aquos|viera|netrange|nettv\/|vidaa|mibox|chromecast|\bmaple\b|freebox/i],
  // The models of Fire TV.
  ['TV', /\baft[a-z]{1,8}\d{0,3}\b/i],
  // Those of Kindle Fire and of Samsung's tablets.
  ['TABLET', /\btablet\b(?! pc)|\bkf[a-z]{2,6}\b|kindle|playbook|\b(?:sm-[tx]|gt-p)\d{3}/i],
  ['TABLET', /nexus (?:7|9|10)\b/i],
];

/** What an agent without a device's name tells. */
const PLAIN: readonly Rule[] = [
  ['PHONE', /\bmobi|phone|blackberry|\bbb10\b|kaios|symbian/i],
  ['DESKTOP', /windows nt|macintosh|\bmac os x\b|\bx11\b|\bcros\b|linux (?:x86|i\d86)|win64/i],
];

const firstOf = (rules: readonly Rule[], agent: string): DeviceType | undefined =>
  rules.find(([, pattern]) => pattern.test(agent))?.[0];

/** Whether an agent calls itself a browser: apps and libraries begin with a name of their own. */
export const isBrowser = (agent: string): boolean => /^(?:mozilla|opera)\//i.test(agent);

/**
 * An iPad asks for the pages of desktops and says Macintosh. What is not Safari there has a name
 * that it has on iOS only; Safari cannot be told from that of a Mac.
 */
export const isPadAsMac = (agent: string): boolean =>
  /\bmacintosh\b/i.test(agent) && /\b(?:crios|fxios|edgios|opios|gsa|mobile)\//i.test(agent);

/** What somebody watches on; undefined where nothing tells. */
export function deviceOf(agent: string, hints: ClientHints): DeviceType | undefined {
  const named = firstOf(NAMED, agent);
  if (named !== undefined) return named;
  if (isPadAsMac(agent)) return 'TABLET';
  if (hints.isMobile === true) return 'PHONE';
  const isAndroid = hints.platform === 'Android' || /\bandroid\b/i.test(agent);
  if (!isAndroid) return firstOf(PLAIN, agent) ?? (isDesktop(hints) ? 'DESKTOP' : undefined);
  if (/\bmobi|opera mini/i.test(agent)) return 'PHONE';
  // Browsers on phones say Mobile; apps and their libraries say neither.
  return isBrowser(agent) || hints.isMobile === false ? 'TABLET' : undefined;
}

const isDesktop = ({ isMobile, platform }: ClientHints): boolean =>
  isMobile === false && /^(?:windows|macos|linux|chrom(?:e|ium) os)$/i.test(platform);
