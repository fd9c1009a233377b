import type { DeviceType } from '../../domain/session-context.js';
import type { ClientHints } from './client-hints.js';

/** Returns the type of device that somebody watches on; undefined if nothing tells it. */
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

type Rule = readonly [DeviceType, RegExp];

/** Patterns of agents that name their device, the more particular first. */
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
/** Patterns of agents that do not name their device. */
const PLAIN: readonly Rule[] = [
  ['PHONE', /\bmobi|phone|blackberry|\bbb10\b|kaios|symbian/i],
  ['DESKTOP', /windows nt|macintosh|\bmac os x\b|\bx11\b|\bcros\b|linux (?:x86|i\d86)|win64/i],
];

const firstOf = (rules: readonly Rule[], agent: string): DeviceType | undefined =>
  rules.find(([, pattern]) => pattern.test(agent))?.[0];

/** Says whether an agent calls itself a browser. Apps and libraries begin with other names. */
export const isBrowser = (agent: string): boolean => /^(?:mozilla|opera)\//i.test(agent);

/**
 * Says whether an agent that names a Macintosh is an iPad's: iPads ask for the pages of desktops.
 * Other browsers than Safari have names there that only iOS has. Safari looks the same on both.
 */
export const isPadAsMac = (agent: string): boolean =>
  /\bmacintosh\b/i.test(agent) && /\b(?:crios|fxios|edgios|opios|gsa|mobile)\//i.test(agent);

const isDesktop = ({ isMobile, platform }: ClientHints): boolean =>
  isMobile === false && /^(?:windows|macos|linux|chrom(?:e|ium) os)$/i.test(platform);
