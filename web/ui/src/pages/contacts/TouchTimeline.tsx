import { Button, Center, Text } from '@mantine/core';
import { useTimeline } from '../../api/queries';
import type { Touch } from '../../api/types';
import { Ago } from '../../components/Ago';
import { MentionRow } from '../../components/MentionRow';
import { Empty, Failed, Loaded } from '../../components/states';

/** What a contact said, the newest first. */
export function TouchTimeline({ contact }: { contact: string }) {
  const timeline = useTimeline(contact);
  return (
    <Loaded query={timeline} what="the timeline" rows={4}>
      {(data) => {
        const touches = data.pages.flatMap((p) => p.items);
        if (touches.length === 0) {
          return <Empty title="Nothing yet">When a recognised author says something that a monitor listens for, it stands here.</Empty>;
        }
        return (
          <>
            <ul className="rows" style={{ listStyle: 'none', margin: 0, padding: 0 }} aria-label="Touches">
              {touches.map((t) => (
                <li key={t.post_id} data-testid="touch">
                  <TouchRow touch={t} />
                </li>
              ))}
            </ul>
            {timeline.isFetchNextPageError && <Failed error={timeline.error} onRetry={() => void timeline.fetchNextPage()} />}
            {timeline.hasNextPage && (
              <Center mt="sm">
                <Button variant="default" loading={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
                  Show earlier ones
                </Button>
              </Center>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function TouchRow({ touch }: { touch: Touch }) {
  if (touch.mention) return <MentionRow mention={touch.mention} />;
  return (
    <Text fz="sm" c="dimmed" py="sm">
      A post that is no mention any more, <Ago time={touch.posted_at} />
    </Text>
  );
}
