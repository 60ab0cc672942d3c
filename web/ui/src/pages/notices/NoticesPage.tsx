import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useNotices, useSeeNotices } from '../../api/territories';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Failed, Listed } from '../../components/states';
import { formatTime } from '../../format';

/** What happened in the cases that somebody takes part in or follows. */
export default function NoticesPage() {
  const notices = useNotices();
  const see = useSeeNotices();
  const newest = notices.data?.pages[0]?.items[0];
  return (
    <>
      <PageTitle title="Notices" about="What others did in the cases that you take part in or follow. What you hear of a case you choose on its page.">
        <Button variant="default" disabled={!newest || Boolean(newest.seen_at)} loading={see.isPending} onClick={() => newest && see.mutate(newest.id)}>
          Mark all as seen
        </Button>
      </PageTitle>
      {see.error && <Failed error={see.error} />}
      <Listed list={notices} what="Notices" keyOf={(n) => n.id} empty={<Empty title="Nothing new">Notices come with every step of a case.</Empty>}>
        {(n) => (
          <Stack gap={2} py="sm">
            <Group gap="xs">
              {n.opportunity_id && <Link to={`/opportunities/${encodeURIComponent(n.opportunity_id)}`}>{n.case}</Link>}
              {n.lead_id && <Link to={`/leads/${encodeURIComponent(n.lead_id)}`}>{n.case}</Link>}
              {n.kind === 'webhook' && <Link to="/webhooks">Webhooks</Link>}
              {!n.seen_at && <Badge size="sm">new</Badge>}
            </Group>
            <Text fz="sm" dir="auto">
              {n.text}
            </Text>
            <Text fz="xs" c="dimmed">
              {n.actor}, {formatTime(n.at)}
            </Text>
          </Stack>
        )}
      </Listed>
    </>
  );
}
