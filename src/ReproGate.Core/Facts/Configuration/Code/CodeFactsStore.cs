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
    public const int Format = 2;

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

    private sealed class FactsWriter(Stream stream)
    {
        private readonly BinaryWriter _out = new(stream, Encoding.UTF8, leaveOpen: true);
        private readonly Dictionary<string, int> _strings = new(StringComparer.Ordinal);
        private readonly Dictionary<CodeMethodReference, int> _references = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<CodeField, int> _fields = [];

        public void Facts(CodeFacts facts)
        {
            Text(facts.Name);
            _out.Write(facts.Mvid.ToByteArray());
            _out.Write((byte)facts.Symbols);
            Text(facts.EntryPoint);
            Text(facts.UserSecretsId);
            Many(facts.Types, Type);
            Many(facts.Bodies.Texts, Text);
            Many(facts.Bodies.Methods, Reference);
            Many(facts.Bodies.Fields, Field);
            _out.Write7BitEncodedInt(facts.Bodies.Bytes.Length);
            _out.Write(facts.Bodies.Bytes);
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
            Reference(method.Reference);
            _out.Write((byte)((method.IsPublic ? 1 : 0) | (method.IsVirtual ? 2 : 0)));
            Text(method.StateMachine);
            Truth(method.ReturnsNullable);
            Many(method.Implements, Text);
            _out.Write7BitEncodedInt(method.Body);
        }

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
        private readonly Dictionary<string, string> _definitions = new(ReferenceEqualityComparer.Instance);
        private CodeBodies _bodies = CodeBodies.None;
        private int _end = 1;

        public CodeFacts Facts()
        {
            string name = Text();
            var mvid = new Guid(input.ReadBytes(16));
            var symbols = (SymbolState)input.ReadByte();
            string entry = Text();
            string secrets = Text();
            ImmutableArray<CodeType> types = Many(Type);
            _bodies = Bodies();
            return new CodeFacts
            {
                Name = name,
                Mvid = mvid,
                Symbols = symbols,
                EntryPoint = entry,
                UserSecretsId = secrets,
                Types = types,
                Bodies = _bodies,
                Methods = Many(Method),
                Literals = Many(() => new CodeLiteral(Text(), Place())),
                Unread = Many(Text),
            };
        }

        private CodeBodies Bodies()
        {
            string[] texts = [.. Many(Text)];
            CodeMethodReference[] methods = [.. Many(Reference)];
            CodeField[] fields = [.. Many(Field)];
            int count = Count();
            byte[] bytes = input.ReadBytes(count);
            return bytes.Length == count ? new CodeBodies(texts, methods, fields, bytes) : throw new InvalidDataException("The bodies are cut off.");
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
            int body = input.Read7BitEncodedInt();

            // Whether it can be read is found out here, where damage means no more than that the pass runs again. No two share bytes, so that this
            // is linear.
            if (body != 0)
            {
                _end = body >= _end ? _bodies.EndOf(body) : throw new InvalidDataException("Bodies overlap.");
            }

            return new CodeMethod(reference)
            {
                IsPublic = (flags & 1) != 0,
                IsVirtual = (flags & 2) != 0,
                StateMachine = machine,
                ReturnsNullable = nullable,
                Implements = implements,
                Body = body,
            };
        }

        private CodeMethodReference Reference()
        {
            int index = input.Read7BitEncodedInt();
            if (index > 0)
            {
                return _references[index - 1];
            }

            int position = _references.Count;
            string assembly = Text();
            string type = Text();
            var method = new CodeMethodReference(assembly, type, DefinitionOf(type), Text(), Many(Text), Text(), input.ReadBoolean());
            _references.Insert(position, method);
            return method;
        }

        // Once for all methods of a generic type.
        private string DefinitionOf(string type)
        {
            if (!_definitions.TryGetValue(type, out string? definition))
            {
                definition = CodeTypeName.Definition(type);
                _definitions.Add(type, definition);
            }

            return definition;
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
