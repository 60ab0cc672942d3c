import { Text, type TextProps } from '@mantine/core';
import { useNow } from '../api/queries';
import { formatAgo, formatTime } from '../format';

/** A time as how long ago it was; the full time on hover. */
export function Ago({ time, ...rest }: TextProps & { time: string }) {
  const now = useNow();
  return (
    <Text fz="xs" c="dimmed" span {...rest} component="time" dateTime={time} title={formatTime(time)}>
      {formatAgo(time, now)}
    </Text>
  );
}
