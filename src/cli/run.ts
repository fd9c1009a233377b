import { interruptionOf } from './interruption.js';
import { runProgram } from './program.js';

const { stdout, stderr, env: environment } = process;
// The reader of stdout, such as `head`, may close it early.
stdout.on('error', () => process.exit(1));
process.exitCode = await runProgram(process.argv.slice(2), {
  stdout,
  stderr,
  environment,
  interruption: interruptionOf(process),
});
