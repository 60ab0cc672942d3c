import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import { send } from './client';
import { LiveFeed, mergeMentions, type LiveState, type News } from './live';
import { keys } from './queries';
import type { Mention } from './types';

/** How many mentions the live feed shows. */
export const feedLimit = 100;

/** The mentions of a monitor (empty: of all) as they arrive, until they are paused. */
export function useLive(monitor: string) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  const [held, setHeld] = useState<Mention[]>();
  const queryKey = [...keys.mentions, 'live', monitor];

  const first = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const page = await send('get', '/mentions', { query: { monitor, limit: 50 }, signal });
      return mergeMentions(client.getQueryData<Mention[]>(queryKey) ?? [], page.items, feedLimit);
    },
    staleTime: Infinity,
  });

  const show = (arrived: Mention[]) => {
    client.setQueryData<Mention[]>(queryKey, (shown) => mergeMentions(shown ?? [], arrived, feedLimit));
  };

  const onNews = useEffectEvent((news: News) => {
    if (held) setHeld(mergeMentions(held, news.mentions, feedLimit));
    else if (news.mentions.length > 0) show(news.mentions);
    if (news.incidents.length > 0) void client.invalidateQueries({ queryKey: keys.incidents });
    if (news.leads.length > 0) void client.invalidateQueries({ queryKey: keys.leads });
  });
  const onGap = useEffectEvent(() => {
    void client.invalidateQueries({ queryKey });
    void client.invalidateQueries({ queryKey: keys.incidents });
    void client.invalidateQueries({ queryKey: keys.leads });
  });
  const onState = useEffectEvent((next: LiveState) => {
    setState(next);
    // A stream that ends may mean that the session did.
    if (next === 'waiting') void client.invalidateQueries({ queryKey: keys.session });
  });

  useEffect(() => {
    const feed = new LiveFeed({ monitor, onNews: (n) => onNews(n), onState: (s) => onState(s), onGap: () => onGap() });
    return () => feed.close();
  }, [monitor]);

  const pause = useCallback(() => setHeld([]), []);
  const resume = () => {
    if (held && held.length > 0) show(held);
    setHeld(undefined);
  };
  return { first, state, paused: held !== undefined, held: held?.length ?? 0, pause, resume };
}
