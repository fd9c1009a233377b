import { interruptionOf } from './interruption.js';
import { runProgram } from './program.js';

const { stdout, stderr, env: environment } = process;
// Whoever reads us, such as `head`, may have seen enough.
stdout.on('error', () => process.exit(1));
process.exitCode = await runProgram(process.argv.slice(2), {
  stdout,
  stderr,
  environment,
  interruption: interruptionOf(process),
});
