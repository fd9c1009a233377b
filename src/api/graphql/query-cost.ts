import {
  getNamedType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { namesBelow } from './selected-names.js';
import { ownValue, type AskedOperation } from './asked-operation.js';
import {
  ASKED_LENGTHS,
  eventsOf,
  FIELD_PRICE,
  LENGTHS,
  RECORDING_FIELDS,
  REQUEST_PRICE,
  ROW_COUNTS,
  ROW_LISTS,
  WORK_PRICES,
  type ArgumentOf,
} from './field-prices.js';

/**
 * Computes the cost of an operation that is asked for at a time (epoch milliseconds). Each fragment
 * is priced once, however often it is spread. So this takes time in proportion to the document,
 * whatever the size of the answer.
 */
export function costOf(asked: AskedOperation, schema: GraphQLSchema, now: number): OperationCost {
  const { operation, selectionSet } = asked.operation;
  const root = objectOf(schema.getRootType(operation));
  const total = new Pricing(asked, schema, now).totalOf(selectionSet, root);
  return { cost: REQUEST_PRICE + total.cost, events: total.events, depth: total.depth };
}

/** The cost and size of answering an operation. */
export interface OperationCost {
  /** The cost in the units of field-prices.ts. */
  readonly cost: number;
  /** The number of events that the operation records. */
  readonly events: number;
  /** The number of levels of the answer. */
  readonly depth: number;
}

/** The cost and size of a selection. */
interface Total extends OperationCost {
  /** The cost for each row of the field above, if that field is made of rows. */
  readonly rowCost: number;
}

const NOTHING: Total = { cost: 0, rowCost: 0, events: 0, depth: 0 };

class Pricing {
  private readonly totals = new Map<FragmentDefinitionNode, Total>();
  private readonly defaults: ReadonlyMap<string, ValueNode | undefined>;
  /** The values of defaults by the variable's name, as many fields may use one. */
  private readonly defaultValues = new Map<string, unknown>();

  constructor(
    private readonly asked: AskedOperation,
    private readonly schema: GraphQLSchema,
    private readonly now: number,
  ) {
    const definitions = asked.operation.variableDefinitions ?? [];
    this.defaults = new Map(definitions.map((one) => [one.variable.name.value, one.defaultValue]));
  }

  totalOf({ selections }: SelectionSetNode, type: GraphQLObjectType | undefined): Total {
    let { cost, rowCost, events, depth } = NOTHING;
    for (const selection of selections) {
      const total = this.totalOfSelection(selection, type);
      cost += total.cost;
      rowCost += total.rowCost;
      events += total.events;
      depth = Math.max(depth, total.depth);
    }
    return { cost, rowCost, events, depth };
  }

  private totalOfSelection(selection: SelectionNode, type: GraphQLObjectType | undefined): Total {
    if (selection.kind === Kind.FIELD) return this.totalOfField(selection, type);
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.totalOf(selection.selectionSet, type);
    const fragment = this.asked.fragments.get(selection.name.value);
    return fragment === undefined ? NOTHING : this.totalOfFragment(fragment);
  }

  private totalOfFragment(fragment: FragmentDefinitionNode): Total {
    const known = this.totals.get(fragment);
    if (known !== undefined) return known;
    // This ends a circle of fragments, which validation refuses.
    this.totals.set(fragment, NOTHING);
    const type = objectOf(this.schema.getType(fragment.typeCondition.name.value));
    const total = this.totalOf(fragment.selectionSet, type);
    this.totals.set(fragment, total);
    return total;
  }

  private totalOfField(field: FieldNode, parent: GraphQLObjectType | undefined): Total {
    const name = field.name.value;
    const coordinate = `${parent?.name ?? ''}.${name}`;
    const type = parent && typeOfField(parent, name);
    const of =
      field.selectionSet === undefined
        ? NOTHING
        : this.totalOf(field.selectionSet, objectOf(type && getNamedType(type)));
    const argument = this.argumentsOf(field);
    const selected = (): ReadonlySet<string> =>
      namesBelow([field], (name) => this.asked.fragments.get(name));
    const own =
      FIELD_PRICE + (WORK_PRICES[coordinate]?.({ argument, now: this.now, selected }) ?? 0);
    const events = RECORDING_FIELDS.includes(coordinate) ? eventsOf(argument) : 0;
    const depth = of.depth + 1;
    if (ROW_LISTS.includes(coordinate)) return { cost: own, rowCost: of.cost, events, depth };
    const length = ASKED_LENGTHS[coordinate]?.(argument) ?? LENGTHS[coordinate] ?? 1;
    const rows = ROW_COUNTS[coordinate]?.(argument) ?? 0;
    return { cost: own + length * of.cost + rows * of.rowCost, rowCost: 0, events, depth };
  }

  private argumentsOf({ arguments: given = [] }: FieldNode): ArgumentOf {
    return (name) => this.valueOf(given.find((one) => one.name.value === name)?.value);
  }

  private valueOf(node: ValueNode | undefined): unknown {
    if (node === undefined) return undefined;
    switch (node.kind) {
      case Kind.NULL:
        return undefined;
      case Kind.OBJECT:
        return Object.fromEntries(
          node.fields.map(({ name, value }) => [name.value, this.valueOf(value)]),
        );
      case Kind.VARIABLE: {
        const name = node.name.value;
        return ownValue(this.asked.variables, name) ?? this.defaultOf(name);
      }
      case Kind.INT:
      case Kind.FLOAT:
        return Number(node.value);
      case Kind.LIST:
        return node.values.map((value) => this.valueOf(value));
      case Kind.BOOLEAN:
      case Kind.ENUM:
      case Kind.STRING:
        return node.value;
    }
  }

  private defaultOf(name: string): unknown {
    if (!this.defaultValues.has(name)) {
      this.defaultValues.set(name, this.valueOf(this.defaults.get(name)));
    }
    return this.defaultValues.get(name);
  }
}

const objectOf = (type: GraphQLNamedType | null | undefined): GraphQLObjectType | undefined =>
  isObjectType(type) ? type : undefined;

/** Returns the type of a field, also of a field about the schema. */
function typeOfField(parent: GraphQLObjectType, name: string): GraphQLOutputType | undefined {
  return (parent.getFields()[name] ?? ABOUT_THE_SCHEMA[name])?.type;
}

const ABOUT_THE_SCHEMA: Readonly<Record<string, { readonly type: GraphQLOutputType }>> = {
  [SchemaMetaFieldDef.name]: SchemaMetaFieldDef,
  [TypeMetaFieldDef.name]: TypeMetaFieldDef,
};
