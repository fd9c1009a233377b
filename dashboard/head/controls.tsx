import type { ComponentChildren, JSX } from 'preact';

/** A button that is on or off. */
export function Toggle({
  isOn,
  onPress,
  children,
}: {
  readonly isOn: boolean;
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <button type="button" class="quiet" aria-pressed={isOn} onClick={onPress}>
      {children}
    </button>
  );
}

/** Chooses one of some names. */
export function Pick<Name extends string>({
  label,
  names,
  chosen,
  nameOf,
  onPick,
}: {
  readonly label: string;
  readonly names: readonly Name[];
  readonly chosen: Name;
  readonly nameOf: (name: Name) => string;
  readonly onPick: (name: Name) => void;
}): JSX.Element {
  return (
    <label class="pick">
      <span>{label}</span>
      <select
        value={chosen}
        onChange={({ currentTarget }) => {
          onPick(currentTarget.value as Name);
        }}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {nameOf(name)}
          </option>
        ))}
      </select>
    </label>
  );
}
