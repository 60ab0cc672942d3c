import { Accordion, NativeSelect, SimpleGrid, Table, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Fragment } from 'react';
import type { GovernedType, Grant } from '../../api/access';
import { deeds, levels } from '../../vocabulary';
import { anything, inherited, levelAt, summary, withLevel } from './grants';
import { grouped } from './governed';

interface Props {
  types: GovernedType[];
  grants: Grant[];
  onChange: (grants: Grant[]) => void;
  readOnly: boolean;
}

const actions = Object.keys(deeds);
const everyLevel = Object.keys(levels);

/** The row of everything, whose grants count where a type says nothing itself. */
const everything = { name: anything, label: 'Everything', actions, levels: everyLevel };

/** Types by actions, with a level in each cell; on a narrow screen one type after the other. */
export function RoleMatrix(props: Props) {
  const narrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false });
  return narrow ? <ByType {...props} /> : <Matrix {...props} />;
}

function Matrix({ types, ...rest }: Props) {
  return (
    <Table.ScrollContainer minWidth={900} maxHeight="70vh">
      <Table fz="xs" stickyHeader verticalSpacing={2} horizontalSpacing={4} aria-label="Grants">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Records</Table.Th>
            <Table.Th>Any action</Table.Th>
            {actions.map((a) => (
              <Table.Th key={a}>{deeds[a]}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Row type={everything} {...rest} />
          {grouped(types).map((g) => (
            <Fragment key={g.group}>
              <Table.Tr>
                <Table.Th colSpan={actions.length + 2} c="dimmed">
                  {g.group}
                </Table.Th>
              </Table.Tr>
              {g.types.map((t) => (
                <Row key={t.name} type={t} {...rest} />
              ))}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface OfType extends Omit<Props, 'types'> {
  type: GovernedType & { label: string };
}

function Row({ type, ...rest }: OfType) {
  return (
    <Table.Tr>
      <Table.Th scope="row">{type.label}</Table.Th>
      <Table.Td>
        <Level type={type} action={anything} {...rest} />
      </Table.Td>
      {actions.map((a) => (
        <Table.Td key={a}>{type.actions?.includes(a) && <Level type={type} action={a} {...rest} />}</Table.Td>
      ))}
    </Table.Tr>
  );
}

function ByType({ types, ...rest }: Props) {
  return (
    <Accordion variant="contained" chevronPosition="right">
      {[{ group: '', types: [everything] }, ...grouped(types)].flatMap((g) =>
        g.types.map((t) => (
          <Accordion.Item key={t.name} value={t.name}>
            <Accordion.Control>
              <Text fz="sm" fw={600}>
                {t.label}
              </Text>
              <Text fz="xs" c="dimmed">
                {summary(rest.grants, t.name, t.actions ?? [], everyLevel)}
              </Text>
            </Accordion.Control>
            <Accordion.Panel>
              <SimpleGrid cols={2} spacing="xs">
                {[anything, ...(t.actions ?? [])].map((a) => (
                  <Level key={a} type={t} action={a} labelled {...rest} />
                ))}
              </SimpleGrid>
            </Accordion.Panel>
          </Accordion.Item>
        )),
      )}
    </Accordion>
  );
}

interface LevelProps extends OfType {
  action: string;
  labelled?: boolean;
}

/** One cell; empty, it shows the level that counts then. */
function Level({ type, action, grants, onChange, readOnly, labelled }: LevelProps) {
  const wider = inherited(grants, type.name, action);
  const allowed = type.levels ?? [];
  const name = action === anything ? 'Any action' : (deeds[action] ?? action);
  const value = levelAt(grants, type.name, action);
  return (
    <NativeSelect
      size="xs"
      {...(labelled ? {} : { rightSectionWidth: 16, styles: { input: { paddingInline: '4px 16px' } } })}
      variant={value ? 'default' : 'unstyled'}
      {...(labelled ? { label: name } : { 'aria-label': `${type.label}: ${name}` })}
      disabled={readOnly}
      value={value}
      onChange={(e) => onChange(withLevel(grants, type.name, action, e.currentTarget.value))}
      data={[{ value: '', label: `(${(levels[wider] ?? wider).toLowerCase()})` }, ...allowed.map((l) => ({ value: l, label: levels[l] ?? l }))]}
    />
  );
}
