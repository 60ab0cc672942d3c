import { ActionIcon, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCorrect, useUndoCorrection } from '../api/changes';
import type { CorrectedPolarity, Intent, Mention } from '../api/types';
import { intents, options, polarities } from '../vocabulary';
import { Icon } from './Icon';

const { negative, neutral, positive } = polarities;
const corrected: Record<CorrectedPolarity, string> = { negative, neutral, positive };

interface Props {
  mention: Mention;
  /** What of the mention is another now. */
  onChanged: (changed: Partial<Mention>) => void;
}

/** Where a person says what a mention is. It holds for near-duplicates of the post too. */
export function MentionMenu({ mention, onChanged }: Props) {
  const correct = useCorrect();
  const undo = useUndoCorrection();
  const { correction } = mention;
  const model = { polarity: correction?.model_polarity ?? mention.polarity, intent: correction?.model_intent ?? mention.intent };
  const { polarity: now } = mention;

  const say = (values: { polarity?: CorrectedPolarity; intent?: Intent }) => {
    // What was corrected or confirmed before stays so.
    const before = correction?.own
      ? { polarity: said(mention.polarity, correction.model_polarity, correction.confirms), intent: said(mention.intent, correction.model_intent, correction.confirms) }
      : {};
    const body = { ...defined(before), ...values } as { polarity?: CorrectedPolarity; intent?: Intent };
    correct.mutate(
      { post_id: mention.post_id, monitor_id: mention.monitor_id, ...body },
      {
        onSuccess: (c) =>
          onChanged({
            polarity: c.polarity ?? mention.polarity,
            intent: c.intent ?? mention.intent,
            ...(c.polarity ? { score: { negative: -1, neutral: 0, positive: 1 }[c.polarity], confidence: 1 } : {}),
            ...(c.intent ? { intent_confidence: c.intent === 'none' ? 0 : 1 } : {}),
            correction: {
              id: c.id,
              own: true,
              corrected_by: c.corrected_by,
              corrected_name: c.corrected_name,
              corrected_at: c.corrected_at,
              confirms: (c.polarity ?? mention.polarity) === model.polarity && (c.intent ?? mention.intent) === model.intent,
              model_polarity: model.polarity,
              model_intent: model.intent,
            },
          }),
        onError: (e) => notifications.show({ color: 'negative', title: 'Not corrected', message: e.message }),
      },
    );
  };
  const takeBack = () => {
    if (!correction) return;
    undo.mutate(correction.id, {
      onSuccess: () => {
        const { model_polarity: polarity, model_intent: intent } = correction;
        onChanged({ polarity, intent, correction: undefined } as Partial<Mention>);
      },
      onError: (e) => notifications.show({ color: 'negative', title: 'Not undone', message: e.message }),
    });
  };

  return (
    <Menu position="bottom-end" width={260} shadow="md" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Correct this mention" loading={correct.isPending || undo.isPending}>
          <Icon name="edit" size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {now !== 'unknown' && !correction?.own && (
          <>
            <Menu.Item onClick={() => say({ polarity: now, intent: mention.intent })}>It is read rightly</Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Label>Polarity is</Menu.Label>
        <Menu.RadioGroup value={mention.polarity} onChange={(polarity) => say({ polarity: polarity as CorrectedPolarity })}>
          <Choices words={corrected} />
        </Menu.RadioGroup>
        <Menu.Label>Intent is</Menu.Label>
        <Menu.RadioGroup value={mention.intent} onChange={(intent) => say({ intent: intent as Intent })}>
          <Choices words={intents} />
        </Menu.RadioGroup>
        {correction && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={takeBack}>{undoing(correction)}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Choices({ words }: { words: Record<string, string> }) {
  return options(words).map(({ value, label }) => (
    <Menu.RadioItem key={value} value={value} closeMenuOnClick py={6}>
      {label}
    </Menu.RadioItem>
  ));
}

function undoing({ own, confirms }: NonNullable<Mention['correction']>): string {
  const word = confirms ? 'confirmation' : 'correction';
  return own ? `Undo the ${word}` : `Undo the near-duplicate’s ${word}`;
}

/** What a person said, where it is not what the model says anyway. */
function said<T extends string>(now: T, model: T, confirmed: boolean): T | undefined {
  return now === model && !confirmed ? undefined : now;
}

function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined));
}
