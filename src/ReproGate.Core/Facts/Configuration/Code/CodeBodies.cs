using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration.Code;

/// <summary>
/// The bodies of an assembly's methods, written as bytes: as objects they would be several times the assembly, and linking looks only at
/// those that may run. <see cref="CodeBodyWriter"/> writes them.
/// </summary>
public sealed class CodeBodies
{
    /// <summary>Those of an assembly without code.</summary>
    public static readonly CodeBodies None = new([], [], [], [0]);

    internal CodeBodies(string[] texts, CodeMethodReference[] methods, CodeField[] fields, byte[] bytes)
    {
        Texts = texts;
        Methods = methods;
        Fields = fields;
        Bytes = bytes;
    }

    // What the bytes name by number.
    internal string[] Texts { get; }

    internal CodeMethodReference[] Methods { get; }

    internal CodeField[] Fields { get; }

    internal byte[] Bytes { get; }

    /// <summary>Reads a body.</summary>
    /// <param name="start">Where it begins: <see cref="CodeMethod.Body"/>.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public CodeBody Read(int start) => start == 0 ? CodeBody.Empty
        : (uint)start < (uint)Bytes.Length ? new Reader(this, start).Body() : throw new InvalidDataException("A body begins behind the last one.");

    /// <summary>Reads a body and says where it ends.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    internal int EndOf(int start)
    {
        if ((uint)start >= (uint)Bytes.Length)
        {
            throw new InvalidDataException("A body begins behind the last one.");
        }

        var reader = new Reader(this, start);
        reader.Body();
        return reader.End;
    }

    internal enum Tag : byte
    {
        Known,
        Text,
        Number,
        Null,
        Parameter,
        Field,
        Call,
        Choice,
        Concatenation,
        List,
        Element,
        Delegate,
        Type,
        Comparison,
        Unknown,
        None,
    }

    [Flags]
    internal enum SiteBits : byte
    {
        None = 0,
        IsNew = 1,
        IsVirtual = 2,
        Generated = 4,
        Discarded = 8,
        HasPlace = 16,
        HasGuards = 32,
        HasTypeArguments = 64,
    }

    private struct Reader(CodeBodies bodies, int start)
    {
        private readonly List<CallValue> _calls = [];
        private readonly List<CodeValue?> _values = [];
        private readonly byte[] _bytes = bodies.Bytes;
        private int _at = start;

        public readonly int End => _at;

        public CodeBody Body()
        {
            ImmutableArray<string> parameters = Names();
            int own = Count();
            for (int i = 0; i < own; i++)
            {
                _calls.Add(new CallValue(new CodeSite()));
            }

            ImmutableArray<CodeStore> stores = Stores();
            CodeValue? returns = Value(0);
            ImmutableArray<CodeBranch> branches = Branches();
            ImmutableArray<ChoiceValue> merges = Merges();
            ImmutableArray<CodeMethodReference> delegates = Delegates();
            ImmutableArray<string> types = Names();
            ImmutableArray<string> statics = Names();

            // Reading one may find further ones.
            for (int i = 0; i < _calls.Count; i++)
            {
                Site(_calls[i].Site);
            }

            var sites = ImmutableArray.CreateBuilder<CodeSite>(own);
            for (int i = 0; i < own; i++)
            {
                sites.Add(_calls[i].Site);
            }

            return new CodeBody
            {
                ParameterNames = parameters,
                Sites = sites.MoveToImmutable(),
                Stores = stores,
                Returns = returns,
                Branches = branches,
                Merges = merges,
                Delegates = delegates,
                Types = types,
                StaticsOf = statics,
            };
        }

        private void Site(CodeSite site)
        {
            site.Target = Of(bodies.Methods);
            var bits = (SiteBits)Byte();
            site.IsNew = (bits & SiteBits.IsNew) != 0;
            site.IsVirtual = (bits & SiteBits.IsVirtual) != 0;
            site.Generated = (bits & SiteBits.Generated) != 0;
            site.Discarded = (bits & SiteBits.Discarded) != 0;
            site.Offset = Number();
            site.Place = (bits & SiteBits.HasPlace) != 0 ? Place() : null;
            site.TypeArguments = (bits & SiteBits.HasTypeArguments) != 0 ? Names() : [];
            if ((bits & SiteBits.HasGuards) != 0)
            {
                int count = Count();
                var guards = ImmutableArray.CreateBuilder<(int, bool)>(count);
                for (int i = 0; i < count; i++)
                {
                    int guard = Number();
                    guards.Add((guard >> 1, (guard & 1) != 0));
                }

                site.Guards = guards.MoveToImmutable();
            }

            site.Arguments = Values(0);
        }

        private ImmutableArray<CodeStore> Stores()
        {
            int count = Count();
            var stores = ImmutableArray.CreateBuilder<CodeStore>(count);
            for (int i = 0; i < count; i++)
            {
                CodeField field = Of(bodies.Fields);
                CodeValue value = Needed(0);
                stores.Add(new CodeStore(field, value, Byte() == 0 ? null : Place()));
            }

            return stores.MoveToImmutable();
        }

        private ImmutableArray<CodeBranch> Branches()
        {
            int count = Count();
            var branches = ImmutableArray.CreateBuilder<CodeBranch>(count);
            for (int i = 0; i < count; i++)
            {
                CodeValue condition = Needed(0);
                byte throws = Byte();
                branches.Add(new CodeBranch(condition, (throws & 1) != 0, (throws & 2) != 0));
            }

            return branches.MoveToImmutable();
        }

        private ImmutableArray<ChoiceValue> Merges()
        {
            int count = Count();
            var merges = ImmutableArray.CreateBuilder<ChoiceValue>(count);
            for (int i = 0; i < count; i++)
            {
                merges.Add(Needed(0) as ChoiceValue ?? throw new InvalidDataException("Branches join in what is no choice."));
            }

            return merges.MoveToImmutable();
        }

        private ImmutableArray<CodeMethodReference> Delegates()
        {
            int count = Count();
            var methods = ImmutableArray.CreateBuilder<CodeMethodReference>(count);
            for (int i = 0; i < count; i++)
            {
                methods.Add(Of(bodies.Methods));
            }

            return methods.MoveToImmutable();
        }

        private ImmutableArray<string> Names()
        {
            int count = Count();
            var names = ImmutableArray.CreateBuilder<string>(count);
            for (int i = 0; i < count; i++)
            {
                names.Add(Of(bodies.Texts));
            }

            return names.MoveToImmutable();
        }

        private CodePlace Place()
        {
            string document = Of(bodies.Texts);
            int line = Number();
            return new CodePlace(document, line, Number());
        }

        private CodeValue? Value(int depth)
        {
            if (depth > CodeBodyWriter.MaximumDepth)
            {
                throw new InvalidDataException("Values are nested too deeply.");
            }

            CodeValue value;
            switch ((Tag)Byte())
            {
                case Tag.None:
                    return null;
                case Tag.Null:
                    return NullValue.Instance;
                case Tag.Known:
                    int known = Number();
                    return (uint)known < (uint)_values.Count ? _values[known] : throw new InvalidDataException("A value is not known.");
                case Tag.Call:
                    return Call();
                case Tag.List:
                    // It may hold itself, so it is known before its elements are.
                    var list = new ListValue();
                    _values.Add(list);
                    list.Elements.AddRange(Values(depth + 1));
                    return list;
                case Tag.Text:
                    value = new TextValue(Of(bodies.Texts));
                    break;
                case Tag.Number:
                    value = new NumberValue(Of(bodies.Texts));
                    break;
                case Tag.Parameter:
                    value = new ParameterValue(Number());
                    break;
                case Tag.Field:
                    value = new FieldValue(Of(bodies.Fields), Value(depth + 1));
                    break;
                case Tag.Choice:
                    value = new ChoiceValue(Values(depth + 1));
                    break;
                case Tag.Concatenation:
                    value = new ConcatenationValue(Values(depth + 1));
                    break;
                case Tag.Element:
                    value = new ElementValue(Needed(depth + 1));
                    break;
                case Tag.Delegate:
                    value = new DelegateValue(Of(bodies.Methods), Value(depth + 1));
                    break;
                case Tag.Type:
                    value = new TypeValue(Of(bodies.Texts));
                    break;
                case Tag.Comparison:
                    CodeValue left = Needed(depth + 1);
                    CodeValue right = Needed(depth + 1);
                    value = new ComparisonValue(left, right, Byte() != 0);
                    break;
                case Tag.Unknown:
                    value = new UnknownValue(Of(bodies.Texts));
                    break;
                default:
                    throw new InvalidDataException("An unknown value.");
            }

            _values.Add(value);
            return value;
        }

        private CallValue Call()
        {
            int call = Number();
            if (call == _calls.Count)
            {
                _calls.Add(new CallValue(new CodeSite()));
            }

            return (uint)call < (uint)_calls.Count ? _calls[call] : throw new InvalidDataException("A call is not known.");
        }

        private CodeValue Needed(int depth) => Value(depth) ?? throw new InvalidDataException("A value is missing.");

        private CodeValue[] Values(int depth)
        {
            int count = Count();
            var values = count == 0 ? [] : new CodeValue[count];
            for (int i = 0; i < count; i++)
            {
                values[i] = Needed(depth);
            }

            return values;
        }

        private T Of<T>(T[] table) => Number() is var index && (uint)index < (uint)table.Length ? table[index] : throw new InvalidDataException("A number names nothing.");

        // No more items than there are bytes: a damaged count must not cost memory.
        private int Count()
        {
            int count = Number();
            return (uint)count <= (uint)(_bytes.Length - _at) ? count : throw new InvalidDataException("A count is out of range.");
        }

        private byte Byte() => (uint)_at < (uint)_bytes.Length ? _bytes[_at++] : throw new InvalidDataException("A body is cut off.");

        private int Number()
        {
            byte first = Byte();
            if (first < 0x80)
            {
                return first;
            }

            uint number = first & 0x7Fu;
            for (int shift = 7; shift < 35; shift += 7)
            {
                byte next = Byte();
                number |= (next & 0x7Fu) << shift;
                if (next < 0x80)
                {
                    return (int)number;
                }
            }

            throw new InvalidDataException("A number is too long.");
        }
    }
}
