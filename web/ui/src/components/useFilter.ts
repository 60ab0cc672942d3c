import { useSearchParams } from 'react-router';

/**
 * A filter that stands in the address, so that it can be shared and survives going back. Returns the
 * values that are set and a function that sets one or several; the empty string takes them out.
 */
export function useFilter<K extends string>(...names: K[]): [Record<K, string>, (name: K | K[], value: string) => void, () => void] {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(names.map((n) => [n, params.get(n) ?? ''])) as Record<K, string>;
  const set = (name: K | K[], value: string) => {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        for (const n of [name].flat()) {
          if (value) after.set(n, value);
          else after.delete(n);
        }
        return after;
      },
      { replace: true },
    );
  };
  return [values, set, () => setParams({}, { replace: true })];
}

/** The value when the vocabulary has it: an address can be written by hand. */
export function known<T extends string>(value: string, words: Record<T, string>): T | undefined {
  return Object.hasOwn(words, value) ? (value as T) : undefined;
}
