// One search over everything: a button in the header, Ctrl-K, and a list that is walked by the keyboard.
import { Badge, Group, Modal, Text, TextInput, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue, useDisclosure, useHotkeys } from '@mantine/hooks';
import { useId, useState, type KeyboardEvent } from 'react';
import { useNavigate } from 'react-router';
import { useSearch } from '../api/queries';
import type { Hit, SearchResult } from '../api/types';
import { placeOf, recordName } from '../records';
import { Icon } from './Icon';
import { Empty, Loaded } from './states';

/** Where the page of a record is; what has none opens the record it belongs to. */
function pageOf({ type, id, of, of_type }: Pick<Hit, 'type' | 'id' | 'of' | 'of_type'>): string {
  const [kind, record] = of ? [of_type, of] : [type, id];
  return placeOf(kind, record) ?? `/mentions?monitor=${encodeURIComponent(record)}`; // a monitor of kind campaign
}

export function SearchBox() {
  const [opened, { open, close }] = useDisclosure();
  useHotkeys([['mod+K', open]], []);
  return (
    <>
      <UnstyledButton onClick={open} aria-label="Search everything" aria-keyshortcuts="Control+K" title="Ctrl K" className="search-button">
        <Icon name="monitors" size={16} />
        <Text fz="sm" c="dimmed" visibleFrom="sm" span>
          Search
        </Text>
      </UnstyledButton>
      <Modal opened={opened} onClose={close} title="Search" size="lg" yOffset="8vh">
        <Finder onOpened={close} />
      </Modal>
    </>
  );
}

function Finder({ onOpened }: { onOpened: () => void }) {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 150);
  const [at, setAt] = useState(0);
  const result = useSearch(asked);
  const navigate = useNavigate();
  const list = useId();
  const hits = result.data?.groups.flatMap((g) => g.hits) ?? [];
  const chosen = Math.min(at, Math.max(hits.length - 1, 0));
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onOpened();
    void navigate(pageOf(hit));
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && hits.length > 0) {
      e.preventDefault();
      setAt((chosen + step + hits.length) % hits.length);
    } else if (e.key === 'Enter') {
      e.preventDefault();
      go(hits[chosen]);
    }
  };
  return (
    <>
      <TextInput
        data-autofocus
        type="search"
        aria-label="Search everything"
        placeholder="A name, company, e-mail, handle, number or subject"
        value={text}
        onChange={(e) => {
          setText(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-activedescendant={hits.length > 0 ? `${list}-${chosen}` : undefined}
        mb="sm"
      />
      {asked.length < 2 ? (
        <Text fz="sm" c="dimmed">
          Two letters or more. Arrows choose, Enter opens.
        </Text>
      ) : (
        <Loaded query={result} what="what is found" rows={3}>
          {(data) => <Found result={data} id={list} chosen={chosen} onChoose={setAt} onGo={go} />}
        </Loaded>
      )}
    </>
  );
}

interface FoundProps {
  result: SearchResult;
  id: string;
  chosen: number;
  onChoose: (at: number) => void;
  onGo: (hit: Hit) => void;
}

function Found({ result, id, chosen, onChoose, onGo }: FoundProps) {
  if (result.groups.length === 0) return <Empty title="Nothing is found">Every word has to begin a word of the record.</Empty>;
  let n = 0;
  return (
    <div role="listbox" id={id} aria-label="Found">
      {result.groups.map((group) => (
        <div key={group.type} role="group" aria-label={recordName(group.type)}>
          <Text fz="xs" fw={600} c="dimmed" mt="xs" aria-hidden>
            {recordName(group.type)}
            {group.more && ' · there are more'}
          </Text>
          {group.hits.map((hit) => {
            const at = n++;
            return (
              <div
                key={hit.id}
                id={`${id}-${at}`}
                role="option"
                aria-selected={at === chosen}
                className="search-hit"
                data-testid="hit"
                tabIndex={-1}
                onMouseEnter={() => onChoose(at)}
                onClick={() => onGo(hit)}
                onKeyDown={(e) => e.key === 'Enter' && onGo(hit)}
              >
                <Group gap={6} wrap="nowrap">
                  <Text fz="sm" fw={600} dir="auto" truncate>
                    {hit.title || hit.id}
                  </Text>
                  {hit.exact && (
                    <Badge size="xs" variant="light">
                      exact
                    </Badge>
                  )}
                </Group>
                <Text fz="xs" c="dimmed" dir="auto" truncate>
                  {hit.detail}
                </Text>
              </div>
            );
          })}
        </div>
      ))}
      <VisuallyHidden role="status">{n} found</VisuallyHidden>
    </div>
  );
}
