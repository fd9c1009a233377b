import { explainSettings, fail } from './composition/start-failure.js';
import { readConfig, type Config } from './config.js';
import { BadConfig } from './bad-config.js';

function configOrFail(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof BadConfig) fail(explainSettings(error));
    throw error;
  }
}

const config = configOrFail();
// The rest takes long to load: settings that are wrong are refused before.
const { serve } = await import('./server/process.js');
await serve(config);
