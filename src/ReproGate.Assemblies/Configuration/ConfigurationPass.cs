using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using ReproGate.Assemblies.Reading;
using ReproGate.Facts;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>
/// The pass for the configuration gate over an assembly's methods. What cannot be read is noted and left out; the rest is
/// read all the same. Types, declarations of methods and bodies are gone through one after the other, not in turns: what runs then is little
/// enough to stay in the processor's first cache, and methods are so short that fetching it again for each would be much of what they cost.
/// </summary>
internal sealed class ConfigurationPass
{
    private const int MaximumNotes = 20;
    private const int MaximumFailures = 200;

    // Methods that are declared before their bodies are read.
    private const int Batch = 256;

    private readonly PEReader _image;
    private readonly MetadataReader _metadata;
    private readonly SourceMap _sources;
    private readonly Effort _effort;
    private readonly TypeNames _names;
    private readonly AttributeRows _attributes;
    private readonly TypeShapes _shapes;
    private readonly MethodEvaluator _evaluator;
    private readonly List<string> _unread;
    private readonly List<CodeType> _types = [];
    private readonly ImmutableArray<CodeMethod>.Builder _methods;
    private readonly CodeBodyWriter _bodies = new();
    private readonly MethodBodies _opened;
    private readonly List<(MethodDefinitionHandle Handle, DeclaredMethod Declared, int Address)> _declared = new(Batch);
    private readonly Dictionary<string, CodeLiteral> _literals = new(StringComparer.Ordinal);
    private bool _tooManyLiterals;
    private int _failures;

    public ConfigurationPass(PEReader image, MetadataReader metadata, SourceMap sources, Effort effort, List<string> unread)
    {
        _image = image;
        _metadata = metadata;
        _sources = sources;
        _effort = effort;
        _unread = unread;
        _methods = ImmutableArray.CreateBuilder<CodeMethod>(metadata.MethodDefinitions.Count);
        _opened = new MethodBodies(image);
        _names = new TypeNames(metadata, effort);
        _attributes = new AttributeRows(metadata, effort);
        _shapes = new TypeShapes(metadata, _names, _attributes, effort);
        _evaluator = new MethodEvaluator(metadata, _names, sources, effort, _bodies) { OnText = AddLiteral };
    }

    /// <summary>Runs the pass.</summary>
    public CodeFacts Run(SymbolState symbols)
    {
        ReadTypes();
        string secrets = "";
        Guarded(() => secrets = UserSecretsId(), "The attributes of the assembly");
        Guarded(ReadConstants, "The constants");
        string entry = "";
        Guarded(() => entry = EntryPoint(), "The entry point");
        if (_tooManyLiterals)
        {
            _unread.Add("It holds more string constants than are kept.");
        }

        return new CodeFacts
        {
            Name = _metadata.GetString(_metadata.GetAssemblyDefinition().Name),
            Mvid = _metadata.GetGuid(_metadata.GetModuleDefinition().Mvid),
            Symbols = symbols,
            EntryPoint = entry,
            UserSecretsId = secrets,
            Types = [.. _types],
            Methods = _methods.DrainToImmutable(),
            Bodies = _bodies.Finish(),
            Literals = [.. _literals.Values],
            Unread = [.. _unread],
        };
    }

    // Returns false when reading on is pointless.
    private bool Guarded(Action read, string what)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception exception) when (AssemblyFactsReader.IsDamage(exception))
        {
            return Noted(exception, what);
        }
    }

    private bool Noted(Exception exception, string what)
    {
        _failures++;
        if (_unread.Count < MaximumNotes)
        {
            _unread.Add($"{what} could not be read: {exception.Message}");
        }

        if (exception is EffortExceededException || _failures > MaximumFailures)
        {
            _unread.Add("The rest of that part was not read.");
            return false;
        }

        return true;
    }

    private void ReadTypes()
    {
        var read = new List<TypeDefinitionHandle>(_metadata.TypeDefinitions.Count);
        foreach (TypeDefinitionHandle type in _metadata.TypeDefinitions)
        {
            if (!Guarded(() => ReadType(type, read), "A type"))
            {
                return;
            }
        }

        foreach (TypeDefinitionHandle type in read)
        {
            if (!Guarded(() => ReadMethods(type), "A type"))
            {
                return;
            }
        }

        Guarded(ReadBodies, "A method");
    }

    private void ReadType(TypeDefinitionHandle handle, List<TypeDefinitionHandle> read)
    {
        _types.Add(_shapes.Read(handle));
        read.Add(handle);
    }

    private void ReadMethods(TypeDefinitionHandle handle)
    {
        TypeDefinition definition = _metadata.GetTypeDefinition(handle);
        // Few types have any.
        Dictionary<EntityHandle, List<string>>? implementations = null;
        foreach (MethodImplementationHandle implementationHandle in definition.GetMethodImplementations())
        {
            _effort.Spend(1);
            MethodImplementation implementation = _metadata.GetMethodImplementation(implementationHandle);
            implementations ??= [];
            if (!implementations.TryGetValue(implementation.MethodBody, out List<string>? implemented))
            {
                implementations[implementation.MethodBody] = implemented = [];
            }

            implemented.Add(_names.Method(implementation.MethodDeclaration).Key);
        }

        foreach (MethodDefinitionHandle method in definition.GetMethods())
        {
            // Not by Guarded: there are so many methods that the delegate and the text would count.
            try
            {
                Declare(handle, method, implementations);
            }
            catch (Exception exception) when (AssemblyFactsReader.IsDamage(exception))
            {
                NoteMethod(exception, _names.Of(handle));
            }

            if (_declared.Count >= Batch)
            {
                ReadBodies();
            }
        }
    }

    private void ReadBodies()
    {
        foreach ((MethodDefinitionHandle handle, DeclaredMethod declared, int address) in CollectionsMarshal.AsSpan(_declared))
        {
            try
            {
                _methods.Add(address == 0 ? declared.WithBody(0) : _evaluator.Evaluate(handle, declared, _opened.Open(address)));
            }
            catch (Exception exception) when (AssemblyFactsReader.IsDamage(exception))
            {
                NoteMethod(exception, declared.Reference.Type);
            }
        }

        _declared.Clear();
    }

    private void NoteMethod(Exception exception, string type)
    {
        if (!Noted(exception, $"A method of {type}"))
        {
            throw new EffortExceededException();
        }
    }

    private void Declare(TypeDefinitionHandle owner, MethodDefinitionHandle handle, Dictionary<EntityHandle, List<string>>? implementations)
    {
        MethodDefinition definition = _metadata.GetMethodDefinition(handle);
        CodeMethodReference reference = _names.Method(handle, owner);
        bool hasBody = definition.RelativeVirtualAddress != 0 && (definition.ImplAttributes & MethodImplAttributes.CodeTypeMask) == MethodImplAttributes.IL;
        string machine = "";
        foreach (CustomAttributeHandle attribute in _attributes.Of(handle))
        {
            if (_shapes.AttributeType(attribute) is "System.Runtime.CompilerServices.AsyncStateMachineAttribute" or "System.Runtime.CompilerServices.IteratorStateMachineAttribute" or "System.Runtime.CompilerServices.AsyncIteratorStateMachineAttribute")
            {
                string? text = _shapes.Attribute(attribute).Text;
                int comma = text?.IndexOf(',', StringComparison.Ordinal) ?? -1;
                machine = comma < 0 ? text ?? "" : text![..comma];
            }
        }

        var declared = new DeclaredMethod(reference)
        {
            IsPublic = (definition.Attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem,
            IsVirtual = (definition.Attributes & MethodAttributes.Virtual) != 0,
            StateMachine = machine,
            ReturnsNullable = reference.Returns is "System.String" ? _shapes.ReturnsNullable(owner, handle) : null,
            Implements = implementations?.GetValueOrDefault(handle) is { } implemented ? [.. implemented] : [],
        };
        _declared.Add((handle, declared, hasBody ? definition.RelativeVirtualAddress : 0));
    }

    private void AddLiteral(string text, Func<CodePlace?> place)
    {
        if (_literals.ContainsKey(text))
        {
            return;
        }

        if (_literals.Count >= LiteralFilter.MaximumCount)
        {
            _tooManyLiterals = true;
            return;
        }

        _literals.Add(text, new CodeLiteral(text, place()));
    }

    // Constants are copied to where they are used; one that only another assembly uses is seen here alone.
    private void ReadConstants()
    {
        foreach (TypeDefinitionHandle handle in _metadata.TypeDefinitions)
        {
            foreach (FieldDefinitionHandle fieldHandle in _metadata.GetTypeDefinition(handle).GetFields())
            {
                _effort.Spend(1);
                FieldDefinition field = _metadata.GetFieldDefinition(fieldHandle);
                if ((field.Attributes & FieldAttributes.Literal) == 0 || field.GetDefaultValue().IsNil)
                {
                    continue;
                }

                Constant constant = _metadata.GetConstant(field.GetDefaultValue());
                if (constant.TypeCode == ConstantTypeCode.String)
                {
                    BlobReader blob = _metadata.GetBlobReader(constant.Value);
                    _effort.Spend(blob.Length / 4);
                    string text = blob.ReadUTF16(blob.Length);
                    if (!LiteralFilter.Keeps(text))
                    {
                        continue;
                    }

                    AddLiteral(text, () => _sources.OfType(handle) is { } place ? new CodePlace(place.Document.Name, place.Line, place.Column) : null);
                }
            }
        }
    }

    private string UserSecretsId()
    {
        foreach (CustomAttributeHandle handle in _metadata.GetCustomAttributes(EntityHandle.AssemblyDefinition))
        {
            (string type, string? text) = _shapes.Attribute(handle);
            if (type == "Microsoft.Extensions.Configuration.UserSecrets.UserSecretsIdAttribute")
            {
                return text ?? "";
            }
        }

        return "";
    }

    private string EntryPoint()
    {
        CorHeader? header = _image.PEHeaders.CorHeader;
        if (header is null || (header.Flags & CorFlags.NativeEntryPoint) != 0 || header.EntryPointTokenOrRelativeVirtualAddress == 0)
        {
            return "";
        }

        EntityHandle handle = MetadataTokens.EntityHandle(header.EntryPointTokenOrRelativeVirtualAddress);
        return handle.Kind == HandleKind.MethodDefinition ? _names.Method(handle).Key : "";
    }
}
