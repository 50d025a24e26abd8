/** Whether the command has the flag, alone or with a value behind `=` that is not false. */
export function hasFlag(command: readonly string[], flag: string): boolean {
  return command.some(
    (argument) => argument === flag || (argument.startsWith(`${flag}=`) && !argument.endsWith('=false')),
  );
}

/** Value of the last `flag value` or `flag=value`, or undefined. */
export function flagValue(command: readonly string[], flag: string): string | undefined {
  for (let at = command.length - 1; at >= 0; at--) {
    const argument = command[at] as string;
    if (argument === flag) return command[at + 1];
    if (argument.startsWith(`${flag}=`)) return argument.slice(flag.length + 1);
  }
  return undefined;
}
