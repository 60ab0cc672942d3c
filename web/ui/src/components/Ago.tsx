import { Text, type TextProps } from '@mantine/core';
import { useClock } from '../api/clock';
import { formatAgo, formatTime } from '../format';

/** A time as how long ago it was; the full time on hover. */
export function Ago({ time, ...rest }: TextProps & { time: string }) {
  const ago = useClock((clock) => formatAgo(time, clock.now()));
  return (
    <Text fz="xs" c="dimmed" span {...rest} component="time" dateTime={time} title={formatTime(time)}>
      {ago}
    </Text>
  );
}
