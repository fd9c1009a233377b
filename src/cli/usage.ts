import type { Command, CommanderError } from 'commander';

/** Says in one line what is wrong with a call; ends with the names that are known in its place. */
export function explainUsage(
  { code, message }: CommanderError,
  program: Command,
  words: readonly string[],
): string {
  const said = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const known = KNOWN[code]?.(commandIn(program, words)) ?? [];
  return known.length === 0 ? said : `${said}; known are ${known.join(', ')}`;
}

/** Lists the names that a wrong call might have meant, by the code of its error. */
const KNOWN: Readonly<Record<string, (command: Command) => readonly string[]>> = {
  'commander.unknownCommand': commandsOf,
  'commander.unknownOption': optionsOf,
};

/** Finds the command that is called: each word may name a subcommand of the one before. */
function commandIn(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) {
    command = command.commands.find((one) => one.name() === word) ?? command;
  }
  return command;
}

function commandsOf(command: Command): readonly string[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((one) => one.name()).filter((name) => name !== 'help');
}

function optionsOf(command: Command): readonly string[] {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  const names = options.map(({ long, short }) => long ?? short ?? '');
  return [...new Set(names)];
}
