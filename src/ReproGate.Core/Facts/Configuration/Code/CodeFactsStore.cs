using System.Collections.Immutable;
using System.Text;

namespace ReproGate.Facts.Configuration.Code;

/// <summary>
/// The stored form of <see cref="CodeFacts"/>: binary, because a hundred of them are read for one link
/// (docs/decisions/0040). Stable: the same facts give the same bytes. A reader of another format version, or of damaged
/// bytes, says so by returning null.
/// </summary>
public static class CodeFactsStore
{
    /// <summary>Raised whenever the pass sees more or the form changes, so that stored facts of an older pass are not used.</summary>
    public const int Format = 1;

    private const uint Magic = 0x43464752; // "RGFC"
    private const int MaximumCount = 1 << 24;

    /// <summary>Writes facts.</summary>
    public static void Write(Stream stream, CodeFacts facts)
    {
        using var body = new MemoryStream();
        new FactsWriter(body).Facts(facts);
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Format);
        writer.Write((int)body.Length);
        body.Position = 0;
        writer.Flush();
        body.CopyTo(stream);
    }

    /// <summary>Reads facts; null where the bytes are damaged, half written or of another format version, so that the pass must run again.</summary>
    public static CodeFacts? Read(byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            using var reader = new BinaryReader(stream, Encoding.UTF8);
            if (reader.ReadUInt32() != Magic || reader.ReadInt32() != Format || reader.ReadInt32() != bytes.Length - 12)
            {
                return null;
            }

            return new FactsReader(reader, bytes.Length).Facts();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException or InvalidCastException or InvalidOperationException)
        {
            return null;
        }
    }

    private enum Tag : byte
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

    private sealed class FactsWriter(Stream stream)
    {
        private readonly BinaryWriter _out = new(stream, Encoding.UTF8, leaveOpen: true);
        private readonly Dictionary<string, int> _strings = new(StringComparer.Ordinal);
        private readonly Dictionary<CodeMethodReference, int> _references = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<CodeField, int> _fields = [];
        private Dictionary<CodeSite, int> _sites = [];
        private Dictionary<CodeValue, int> _values = [];

        public void Facts(CodeFacts facts)
        {
            Text(facts.Name);
            _out.Write(facts.Mvid.ToByteArray());
            _out.Write((byte)facts.Symbols);
            Text(facts.EntryPoint);
            Text(facts.UserSecretsId);
            Many(facts.Types, Type);
            Many(facts.Methods, Method);
            Many(facts.Literals, literal =>
            {
                Text(literal.Text);
                Place(literal.Place);
            });
            Many(facts.Unread, Text);
        }

        private void Type(CodeType type)
        {
            Text(type.Name);
            _out.Write((byte)type.Kind);
            Text(type.Base);
            Text(type.BaseAssembly);
            Many(type.Interfaces, Text);
            _out.Write(type.IsPublic);
            _out.Write(type.IsAbstract);
            Many(type.EnumMembers, Text);
            Many(type.Properties, Property);
            Many(type.Constructors, parameters => Many(parameters, Property));
        }

        private void Property(CodeProperty property)
        {
            Text(property.Name);
            Text(property.Type);
            Text(property.KeyName);
            _out.Write((byte)((property.CanSet ? 1 : 0) | (property.CanGet ? 2 : 0) | (property.Required ? 4 : 0) | (property.HasDefault ? 8 : 0)));
            Truth(property.Nullable);
            Maybe(property.Default);
            Many(property.Attributes, Text);
        }

        private void Method(CodeMethod method)
        {
            _sites = new Dictionary<CodeSite, int>(ReferenceEqualityComparer.Instance);
            _values = new Dictionary<CodeValue, int>(ReferenceEqualityComparer.Instance);
            Reference(method.Reference);
            _out.Write((byte)((method.IsPublic ? 1 : 0) | (method.IsVirtual ? 2 : 0)));
            Text(method.StateMachine);
            Truth(method.ReturnsNullable);
            Many(method.Implements, Text);
            Many(method.ParameterNames, Text);

            // Calls stand in a table of their own, because a loop may hand a call its own result.
            foreach (CodeSite site in method.Sites)
            {
                _sites.TryAdd(site, _sites.Count);
            }

            List<CodeSite> all = Closure(method);
            _out.Write7BitEncodedInt(method.Sites.Length);
            _out.Write7BitEncodedInt(all.Count);
            foreach (CodeSite site in all)
            {
                Reference(site.Target);
            }

            foreach (CodeSite site in all)
            {
                Many(site.TypeArguments, Text);
                _out.Write((byte)((site.IsNew ? 1 : 0) | (site.IsVirtual ? 2 : 0) | (site.Generated ? 4 : 0) | (site.Discarded ? 8 : 0)));
                _out.Write7BitEncodedInt(site.Offset);
                Place(site.Place);
                Many(site.Guards, guard =>
                {
                    _out.Write7BitEncodedInt(guard.Branch);
                    _out.Write(guard.When);
                });
                Many(site.Arguments, Value);
            }

            Many(method.Stores, store =>
            {
                Field(store.Field);
                Value(store.Value);
                Place(store.Place);
            });
            Value(method.Returns);
            Many(method.Branches, branch =>
            {
                Value(branch.Condition);
                _out.Write((byte)((branch.ThrowsWhenTrue ? 1 : 0) | (branch.ThrowsWhenFalse ? 2 : 0)));
            });
            Many(method.Merges, Value);
            Many(method.Delegates, Reference);
            Many(method.Types, Text);
            Many(method.StaticsOf, Text);
        }

        // Every call that some value of the method refers to, the method's own list first.
        private List<CodeSite> Closure(CodeMethod method)
        {
            var all = new List<CodeSite>(method.Sites);
            var seen = new HashSet<CodeValue>(ReferenceEqualityComparer.Instance);
            void See(CodeValue? value)
            {
                if (value is null || !seen.Add(value))
                {
                    return;
                }

                switch (value)
                {
                    case CallValue call when _sites.TryAdd(call.Site, _sites.Count):
                        all.Add(call.Site);
                        break;
                    case FieldValue field:
                        See(field.Owner);
                        break;
                    case ChoiceValue choice:
                        foreach (CodeValue part in choice.Values)
                        {
                            See(part);
                        }

                        break;
                    case ConcatenationValue text:
                        foreach (CodeValue part in text.Parts)
                        {
                            See(part);
                        }

                        break;
                    case ListValue list:
                        list.Elements.ForEach(See);
                        break;
                    case ElementValue element:
                        See(element.Sequence);
                        break;
                    case DelegateValue made:
                        See(made.Target);
                        break;
                    case ComparisonValue comparison:
                        See(comparison.Left);
                        See(comparison.Right);
                        break;
                }
            }

            foreach (CodeStore store in method.Stores)
            {
                See(store.Value);
            }

            See(method.Returns);
            foreach (CodeBranch branch in method.Branches)
            {
                See(branch.Condition);
            }

            foreach (ChoiceValue merge in method.Merges)
            {
                See(merge);
            }

            for (int i = 0; i < all.Count; i++)
            {
                foreach (CodeValue argument in all[i].Arguments)
                {
                    See(argument);
                }
            }

            return all;
        }

        private void Value(CodeValue? value)
        {
            if (value is null)
            {
                _out.Write((byte)Tag.None);
                return;
            }

            if (value is not (NullValue or CallValue) && _values.TryGetValue(value, out int known))
            {
                _out.Write((byte)Tag.Known);
                _out.Write7BitEncodedInt(known);
                return;
            }

            switch (value)
            {
                case TextValue text:
                    Write(Tag.Text);
                    Text(text.Text);
                    break;
                case NumberValue number:
                    Write(Tag.Number);
                    Text(number.Text);
                    break;
                case NullValue:
                    Write(Tag.Null);
                    return;
                case ParameterValue parameter:
                    Write(Tag.Parameter);
                    _out.Write7BitEncodedInt(parameter.Index);
                    break;
                case FieldValue field:
                    Write(Tag.Field);
                    Field(field.Field);
                    Value(field.Owner);
                    break;
                case CallValue call:
                    Write(Tag.Call);
                    _out.Write7BitEncodedInt(_sites[call.Site]);
                    return;
                case ChoiceValue choice:
                    Write(Tag.Choice);
                    Many(choice.Values, Value);
                    break;
                case ConcatenationValue text:
                    Write(Tag.Concatenation);
                    Many(text.Parts, Value);
                    break;
                case ListValue list:
                    Write(Tag.List);
                    Many(list.Elements, Value);
                    break;
                case ElementValue element:
                    Write(Tag.Element);
                    Value(element.Sequence);
                    break;
                case DelegateValue made:
                    Write(Tag.Delegate);
                    Reference(made.Method);
                    Value(made.Target);
                    break;
                case TypeValue type:
                    Write(Tag.Type);
                    Text(type.Name);
                    break;
                case ComparisonValue comparison:
                    Write(Tag.Comparison);
                    Value(comparison.Left);
                    Value(comparison.Right);
                    _out.Write(comparison.Negated);
                    break;
                case UnknownValue unknown:
                    Write(Tag.Unknown);
                    Text(unknown.Reason);
                    break;
                default:
                    Write(Tag.Unknown);
                    Text("is computed");
                    break;
            }

            _values[value] = _values.Count;
        }

        private void Write(Tag tag) => _out.Write((byte)tag);

        private void Reference(CodeMethodReference method)
        {
            if (_references.TryGetValue(method, out int known))
            {
                _out.Write7BitEncodedInt(known + 1);
                return;
            }

            _out.Write7BitEncodedInt(0);
            _references[method] = _references.Count;
            Text(method.Assembly);
            Text(method.Type);
            Text(method.Name);
            Many(method.Parameters, Text);
            Text(method.Returns);
            _out.Write(method.IsStatic);
        }

        private void Field(CodeField field)
        {
            if (_fields.TryGetValue(field, out int known))
            {
                _out.Write7BitEncodedInt(known + 1);
                return;
            }

            _out.Write7BitEncodedInt(0);
            _fields[field] = _fields.Count;
            Text(field.Owner);
            Text(field.Name);
            Text(field.Type);
        }

        private void Place(CodePlace? place)
        {
            Maybe(place?.Document);
            if (place is not null)
            {
                _out.Write7BitEncodedInt(place.Line);
                _out.Write7BitEncodedInt(place.Column);
            }
        }

        private void Text(string text)
        {
            if (_strings.TryGetValue(text, out int known))
            {
                _out.Write7BitEncodedInt(known + 1);
                return;
            }

            _out.Write7BitEncodedInt(0);
            _strings[text] = _strings.Count;

            // Not UTF-8: a hostile assembly's strings may hold half a surrogate pair.
            _out.Write7BitEncodedInt(text.Length);
            foreach (char c in text)
            {
                _out.Write7BitEncodedInt(c);
            }
        }

        private void Maybe(string? text)
        {
            _out.Write(text is not null);
            if (text is not null)
            {
                Text(text);
            }
        }

        private void Truth(bool? truth) => _out.Write((byte)(truth switch { null => 0, false => 1, true => 2 }));

        private void Many<T>(IReadOnlyCollection<T> items, Action<T> write)
        {
            _out.Write7BitEncodedInt(items.Count);
            foreach (T item in items)
            {
                write(item);
            }
        }
    }

    private sealed class FactsReader(BinaryReader input, int length)
    {
        private readonly List<string> _strings = [];
        private readonly List<CodeMethodReference> _references = [];
        private readonly List<CodeField> _fields = [];
        private List<CodeSite> _sites = [];
        private List<CallValue> _calls = [];
        private List<CodeValue> _values = [];

        public CodeFacts Facts()
        {
            string name = Text();
            var mvid = new Guid(input.ReadBytes(16));
            var symbols = (SymbolState)input.ReadByte();
            string entry = Text();
            string secrets = Text();
            return new CodeFacts
            {
                Name = name,
                Mvid = mvid,
                Symbols = symbols,
                EntryPoint = entry,
                UserSecretsId = secrets,
                Types = Many(Type),
                Methods = Many(Method),
                Literals = Many(() => new CodeLiteral(Text(), Place())),
                Unread = Many(Text),
            };
        }

        private CodeType Type() => new(Text(), (CodeTypeKind)input.ReadByte())
        {
            Base = Text(),
            BaseAssembly = Text(),
            Interfaces = Many(Text),
            IsPublic = input.ReadBoolean(),
            IsAbstract = input.ReadBoolean(),
            EnumMembers = Many(Text),
            Properties = Many(Property),
            Constructors = Many(() => Many(Property)),
        };

        private CodeProperty Property()
        {
            string name = Text(), type = Text(), keyName = Text();
            byte flags = input.ReadByte();
            return new CodeProperty(name, type)
            {
                KeyName = keyName,
                CanSet = (flags & 1) != 0,
                CanGet = (flags & 2) != 0,
                Required = (flags & 4) != 0,
                HasDefault = (flags & 8) != 0,
                Nullable = Truth(),
                Default = Maybe(),
                Attributes = Many(Text),
            };
        }

        private CodeMethod Method()
        {
            CodeMethodReference reference = Reference();
            byte flags = input.ReadByte();
            string machine = Text();
            bool? nullable = Truth();
            ImmutableArray<string> implements = Many(Text);
            ImmutableArray<string> names = Many(Text);
            int own = Count(), all = Count();
            _sites = [];
            _calls = [];
            _values = [];
            for (int i = 0; i < all; i++)
            {
                var site = new CodeSite(Reference());
                _sites.Add(site);
                _calls.Add(new CallValue(site));
            }

            foreach (CodeSite site in _sites)
            {
                site.TypeArguments = Many(Text);
                byte kind = input.ReadByte();
                site.IsNew = (kind & 1) != 0;
                site.IsVirtual = (kind & 2) != 0;
                site.Generated = (kind & 4) != 0;
                site.Discarded = (kind & 8) != 0;
                site.Offset = input.Read7BitEncodedInt();
                site.Place = Place();
                site.Guards = Many(() => (input.Read7BitEncodedInt(), input.ReadBoolean()));
                site.Arguments = [.. Many(() => Needed())];
            }

            return new CodeMethod(reference)
            {
                IsPublic = (flags & 1) != 0,
                IsVirtual = (flags & 2) != 0,
                StateMachine = machine,
                ReturnsNullable = nullable,
                Implements = implements,
                ParameterNames = names,
                Sites = [.. _sites.Take(own)],
                Stores = Many(() => new CodeStore(Field(), Needed(), Place())),
                Returns = Value(),
                Branches = Many(() =>
                {
                    CodeValue condition = Needed();
                    byte throws = input.ReadByte();
                    return new CodeBranch(condition, (throws & 1) != 0, (throws & 2) != 0);
                }),
                Merges = Many(() => (ChoiceValue)Needed()),
                Delegates = Many(Reference),
                Types = Many(Text),
                StaticsOf = Many(Text),
            };
        }

        private CodeValue? Value(int depth = 0)
        {
            if (depth > 2 * CodeValue.MaximumDepth)
            {
                throw new InvalidDataException("Values are nested too deeply.");
            }

            CodeValue value;
            switch ((Tag)input.ReadByte())
            {
                case Tag.None:
                    return null;
                case Tag.Known:
                    return _values[input.Read7BitEncodedInt()];
                case Tag.Null:
                    return NullValue.Instance;
                case Tag.Call:
                    return _calls[input.Read7BitEncodedInt()];
                case Tag.Text:
                    value = new TextValue(Text());
                    break;
                case Tag.Number:
                    value = new NumberValue(Text());
                    break;
                case Tag.Parameter:
                    value = new ParameterValue(input.Read7BitEncodedInt());
                    break;
                case Tag.Field:
                    value = new FieldValue(Field(), Value(depth + 1));
                    break;
                case Tag.Choice:
                    value = new ChoiceValue(Many(() => Needed(depth + 1)));
                    break;
                case Tag.Concatenation:
                    value = new ConcatenationValue(Many(() => Needed(depth + 1)));
                    break;
                case Tag.List:
                    var list = new ListValue();
                    list.Elements.AddRange(Many(() => Needed(depth + 1)));
                    value = list;
                    break;
                case Tag.Element:
                    value = new ElementValue(Needed(depth + 1));
                    break;
                case Tag.Delegate:
                    value = new DelegateValue(Reference(), Value(depth + 1));
                    break;
                case Tag.Type:
                    value = new TypeValue(Text());
                    break;
                case Tag.Comparison:
                    value = new ComparisonValue(Needed(depth + 1), Needed(depth + 1), input.ReadBoolean());
                    break;
                case Tag.Unknown:
                    value = new UnknownValue(Text());
                    break;
                default:
                    throw new InvalidDataException("An unknown value.");
            }

            _values.Add(value);
            return value;
        }

        private CodeValue Needed(int depth = 0) => Value(depth) ?? throw new InvalidDataException("A value is missing.");

        private CodeMethodReference Reference()
        {
            int index = input.Read7BitEncodedInt();
            if (index > 0)
            {
                return _references[index - 1];
            }

            int position = _references.Count;
            var method = new CodeMethodReference(Text(), Text(), Text(), Many(Text), Text(), input.ReadBoolean());
            _references.Insert(position, method);
            return method;
        }

        private CodeField Field()
        {
            int index = input.Read7BitEncodedInt();
            if (index > 0)
            {
                return _fields[index - 1];
            }

            var field = new CodeField(Text(), Text(), Text());
            _fields.Add(field);
            return field;
        }

        private CodePlace? Place() => Maybe() is { } document ? new CodePlace(document, input.Read7BitEncodedInt(), input.Read7BitEncodedInt()) : null;

        private string Text()
        {
            int index = input.Read7BitEncodedInt();
            if (index > 0)
            {
                return _strings[index - 1];
            }

            int count = Count();
            string text = string.Create(count, input, static (span, input) =>
            {
                for (int i = 0; i < span.Length; i++)
                {
                    span[i] = (char)input.Read7BitEncodedInt();
                }
            });
            _strings.Add(text);
            return text;
        }

        private string? Maybe() => input.ReadBoolean() ? Text() : null;

        private bool? Truth() => input.ReadByte() switch { 1 => false, 2 => true, _ => null };

        // No more items than there are bytes: a damaged count must not cost memory.
        private int Count()
        {
            int count = input.Read7BitEncodedInt();
            return count is >= 0 and <= MaximumCount && count <= length ? count : throw new InvalidDataException("A count is out of range.");
        }

        private ImmutableArray<T> Many<T>(Func<T> read)
        {
            int count = Count();
            if (count == 0)
            {
                return [];
            }

            var items = ImmutableArray.CreateBuilder<T>(Math.Min(count, 1024));
            for (int i = 0; i < count; i++)
            {
                items.Add(read());
            }

            return items.DrainToImmutable();
        }
    }
}
