import { z } from 'zod';
import { list } from './setting-kinds.js';
import { isRung, rungOf, RUNGS_MAX } from './setting-rules.js';

export const CMCD_SWITCHES = ['on', 'gone'] as const;
export const CMCD_UNKNOWN_KEYS = ['refuse', 'discard'] as const;
const CMCD_BYTES = ['estimate', 'off'] as const;
const LADDER_RULE = 'must be rates and heights such as 300:240p,750:540p, 50 at most';

/** The settings of what players report by CMCD. */
export const CMCD_SETTINGS = {
  CMCD: z
    .enum(CMCD_SWITCHES, `must be ${CMCD_SWITCHES.join(' or ')}`)
    .default('on')
    .describe(
      '`gone` answers every CMCD report with 410, which silences hls.js alone; ' +
        'see [players](players.md#when-reports-are-not-wanted)',
    ),
  CMCD_UNKNOWN_KEY: z
    .enum(CMCD_UNKNOWN_KEYS, `must be ${CMCD_UNKNOWN_KEYS.join(' or ')}`)
    .default('refuse')
    .describe(
      'what becomes of CMCD reports without a key of this server: `discard` throws them away and ' +
        'answers as if they were taken, since dash.js sends what was refused again for ever',
    ),
  CMCD_BYTES: z
    .enum(CMCD_BYTES, `must be ${CMCD_BYTES.join(' or ')}`)
    .default('estimate')
    .describe('whether bytes are estimated from the rates that players report'),
  CMCD_LADDER: list(isRung, LADDER_RULE)
    .refine((rungs) => rungs.length <= RUNGS_MAX, LADDER_RULE)
    .transform((rungs) => rungs.map(rungOf))
    .optional()
    .meta({
      description:
        'what the rates that players report stand for, in kbit/s, such as `300:240p,750:540p`; ' +
        'a rate is that of the nearest, unless it is off by more than a quarter',
      unset: 'qualities are guessed: below 500 LOW, 2,500 MEDIUM, 8,000 HIGH',
    }),
};
