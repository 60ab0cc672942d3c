import { useSyncExternalStore } from 'react';

/** How fast a clock may run, in its milliseconds to one of ours: a demo passes an hour in minutes. */
const fastest = 4_000;
/** Two readings that lie nearer, in milliseconds, say nothing about the speed. */
const apart = 1_500;

/**
 * Clock follows the time Groundswell works by. The server tells it with some answers; between them it
 * goes on as fast as it went before, for a demo simulates it.
 */
export class Clock {
  private told = 0;
  private at = 0;
  private speed = 1;
  private readonly hear = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly ours: () => number;

  constructor(ours: () => number = () => performance.now()) {
    this.ours = ours;
  }

  /** Takes the time that an answer told. */
  observe(time: string) {
    const told = Date.parse(time);
    if (Number.isNaN(told)) return;
    const at = this.ours();
    const passed = at - this.at;
    if (this.told === 0 || told < this.told - 60_000) {
      this.speed = 1; // the first reading, or another server
    } else if (passed >= apart) {
      this.speed = Math.min(fastest, Math.max(0, (told - this.told) / passed));
    } else {
      return;
    }
    this.told = told;
    this.at = at;
    this.tick();
  }

  /** The time in milliseconds; that of the browser until the server told one. */
  now(): number {
    return this.told === 0 ? Date.now() : this.told + (this.ours() - this.at) * this.speed;
  }

  /** Whether the time is another than that of the browser by minutes. */
  simulated(): boolean {
    return Math.abs(this.now() - Date.now()) > 3 * 60_000;
  }

  readonly subscribe = (onTick: () => void) => {
    this.hear.add(onTick);
    this.timer ??= setInterval(() => this.tick(), 1_000);
    return () => {
      this.hear.delete(onTick);
      if (this.hear.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  };

  private tick() {
    for (const onTick of this.hear) onTick();
  }
}

export const clock = new Clock();

/** What reads of the clock gives, drawn again when it changes. It has to give a plain value. */
export function useClock<T extends string | number | boolean>(read: (c: Clock) => T): T {
  return useSyncExternalStore(clock.subscribe, () => read(clock));
}
