interface Signal<Value> {
  value: Value;
}
/** What a browser keeps for a tab. */
const kept = new Map<string, string>([['playhead-key', 'schlüssel']]);
Object.assign(globalThis, {
  window: {
    sessionStorage: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
      removeItem: (name: string) => kept.delete(name),
    },
  },
});
// It knows of a document, which the types of tests do not.
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;
const { key, keyHeaders, refusal, takeKey } = await load<{
  readonly key: Signal<string>;
  readonly refusal: Signal<string | undefined>;
  readonly keyHeaders: () => Readonly<Record<string, string>>;
  readonly takeKey: (entered: string, isRemembered: boolean) => void;
}>('../../dashboard/api/key.js');

it.each(['schlüssel', 'ключ', 'two words', 'line\nbreak', ''])(
  'what can be no key of a server is wrong without asking: %j',
  (entered) => {
    takeKey(entered, false);
    expect([refusal.value, key.value, keyHeaders()]).toEqual(['wrong', '', {}]);
  },
);

it('a key is kept and sent as a header', () => {
  takeKey('a-Key_1~!', false);
  expect([refusal.value, kept.get('playhead-key')]).toEqual([undefined, 'a-Key_1~!']);
  expect(keyHeaders()).toEqual({ authorization: 'Bearer a-Key_1~!' });
});
