using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using ReproGate.Facts;

namespace ReproGate.Assemblies.Reading;

/// <summary>
/// Reads the instructions of method bodies. It tells what a person must have written from what the compiler may have
/// added: members called, objects created and casts depend on a type; locals, boxing, inferred type arguments,
/// delegates made for lambdas and the types of expression trees may not.
/// </summary>
internal sealed class MethodBodyPass(MetadataReader metadata, SourceMap sources, SignatureTypes signature, UseTable uses, Effort effort, bool isFSharp)
{
    private readonly Rows<Pending> _pending = new();
    private readonly Rows<SourcePoint> _points = new();
    private readonly Rows<Token> _tokens = new();
    private readonly Placed _bestPossible = sources.HasSymbols ? Placed.Line : Placed.Nowhere;
    private Placed _enough;
    private bool _buildsExpressionTree;

    /// <summary>Reads one body.</summary>
    public void Read(MethodDefinitionHandle method, MethodBodyBlock body)
    {
        _pending.Clear();
        _tokens.Clear();
        _buildsExpressionTree = false;
        _enough = sources.SingleDocument(method) is { Generated: true } ? Placed.Generated : _bestPossible;
        ReadInstructions(body.GetILReader());
        foreach (ExceptionRegion region in body.ExceptionRegions)
        {
            if (region.Kind == ExceptionRegionKind.Catch && !region.CatchType.IsNil)
            {
                AddType(region.CatchType, UseKind.Cast, UseKind.TypeArgument, region.HandlerOffset);
            }
        }

        for (int i = 0; i < _tokens.Count && !_buildsExpressionTree && !isFSharp; i++)
        {
            AddType(_tokens[i].Type, UseKind.TypeOf, UseKind.TypeOf, _tokens[i].Offset);
        }

        if (_pending.Count > 0)
        {
            Place(method);
        }
    }

    private void Place(MethodDefinitionHandle method)
    {
        sources.ReadPoints(method, _points);
        _pending.Sort(static (left, right) => left.Offset.CompareTo(right.Offset));
        int point = 0;
        for (int i = 0; i < _pending.Count; i++)
        {
            ref readonly Pending use = ref _pending[i];
            while (point + 1 < _points.Count && _points[point + 1].Offset <= use.Offset)
            {
                point++;
            }

            uses.Add(use.Type, use.Kind, use.Member, _points.Count > 0 ? _points[point].Place : null);
        }
    }

    private void ReadInstructions(BlobReader il)
    {
        while (il.RemainingBytes > 0)
        {
            int offset = il.Offset;
            byte code = il.ReadByte();
            bool extended = code == 0xFE;
            if (extended)
            {
                code = il.ReadByte();
            }

            int size = extended ? IlOperand.SizeOfExtended(code) : IlOperand.SizeOf(code);
            switch (size)
            {
                case IlOperand.Unknown:
                    throw new BadImageFormatException("A method holds an unknown instruction.");
                case IlOperand.Switch:
                    uint targets = il.ReadUInt32();
                    if (targets > il.RemainingBytes / 4)
                    {
                        throw new BadImageFormatException("A switch reaches beyond its method.");
                    }

                    il.Offset += (int)targets * 4;
                    break;
                case 4:
                    int operand = il.ReadInt32();
                    ReadToken(extended ? 0xFE00 | code : code, operand, offset);
                    break;
                default:
                    if (size > il.RemainingBytes)
                    {
                        throw new BadImageFormatException("An instruction reaches beyond its method.");
                    }

                    il.Offset += size;
                    break;
            }
        }
    }

    private void ReadToken(int code, int token, int offset)
    {
        switch (code)
        {
            case 0x27 or 0x28 or 0x6F or 0xFE06 or 0xFE07:
                ReadMember(token, UseKind.Called, offset);
                break;
            case 0x73:
                ReadMember(token, UseKind.Instantiated, offset);
                break;
            case >= 0x7B and <= 0x80:
                ReadMember(token, UseKind.Accessed, offset);
                break;
            case 0x74 or 0x75 or 0x79 or 0xA5:
                AddType(Handle(token), UseKind.Cast, UseKind.TypeArgument, offset);
                break;
            case 0xFE1C:
                AddType(Handle(token), UseKind.TypeOf, UseKind.TypeOf, offset);
                break;
            case 0xD0:
                EntityHandle handle = Handle(token);
                if (handle.Kind is HandleKind.TypeReference or HandleKind.TypeSpecification)
                {
                    _tokens.Add(new Token(handle, offset));
                }
                else
                {
                    ReadMember(token, UseKind.Called, offset);
                }

                break;
        }
    }

    private void ReadMember(int token, UseKind kind, int offset)
    {
        EntityHandle handle = Handle(token);
        if (handle.Kind == HandleKind.MethodSpecification)
        {
            MethodSpecification instance = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
            handle = instance.Method;
            if (!isFSharp && ArgumentsWereWritten(handle))
            {
                signature.Clear();
                signature.ReadMethodArguments(instance.Signature);
                foreach (EntityHandle type in signature.Types)
                {
                    Add(type, UseKind.TypeArgument, default, offset);
                }
            }
        }

        if (handle.Kind != HandleKind.MemberReference)
        {
            return;
        }

        MemberReference member = metadata.GetMemberReference((MemberReferenceHandle)handle);
        EntityHandle parent = member.Parent;
        if (parent.Kind == HandleKind.TypeReference)
        {
            if (uses.Is(parent, "System.Linq.Expressions", "Expression"))
            {
                _buildsExpressionTree = true;
            }

            if (IsWritten((TypeReferenceHandle)parent, member, kind))
            {
                Add(parent, kind, handle, offset);
            }
        }
        else if (parent.Kind == HandleKind.TypeSpecification)
        {
            signature.Clear();
            signature.ReadSpecification((TypeSpecificationHandle)parent);
            if (!signature.HeadIsType || signature.Types.Count == 0 || signature.Types[0].Kind == HandleKind.TypeDefinition)
            {
                return;
            }

            bool isDelegate = kind == UseKind.Instantiated && signature.IsDelegateConstructor(member.Signature);
            if (!isDelegate)
            {
                Add(signature.Types[0], kind, handle, offset);
            }

            if (kind == UseKind.Instantiated && !isDelegate && !isFSharp && !IsMadeUp(signature.Types[0]))
            {
                for (int i = 1; i < signature.Types.Count; i++)
                {
                    Add(signature.Types[i], UseKind.TypeArgument, default, offset);
                }
            }
        }
    }

    // Lambdas and method groups become delegates, and interpolated strings become handlers, without being named.
    private bool IsWritten(TypeReferenceHandle parent, MemberReference member, UseKind kind)
    {
        if (kind == UseKind.Instantiated && signature.IsDelegateConstructor(member.Signature))
        {
            return false;
        }

        StringHandle name = metadata.GetTypeReference(parent).Name;
        return !metadata.GetString(name).EndsWith("InterpolatedStringHandler", StringComparison.Ordinal);
    }

    // Created without being named: tuples, nullable values, wrappers of collection expressions.
    private bool IsMadeUp(EntityHandle type)
    {
        if (type.Kind != HandleKind.TypeReference)
        {
            return true;
        }

        string name = metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name);
        return name.StartsWith("ValueTuple`", StringComparison.Ordinal)
            || name is "Nullable`1" or "Span`1" or "ReadOnlySpan`1" or "Memory`1" or "ReadOnlyMemory`1" or "List`1" or "KeyValuePair`2"
            || name.StartsWith("ValueTask`", StringComparison.Ordinal);
    }

    // C# and Visual Basic infer all type arguments or none: where one of them occurs in no parameter, they were written.
    private bool ArgumentsWereWritten(EntityHandle method)
    {
        BlobHandle blob;
        if (method.Kind == HandleKind.MemberReference)
        {
            MemberReference member = metadata.GetMemberReference((MemberReferenceHandle)method);
            if (member.Parent.Kind == HandleKind.TypeReference)
            {
                TypeReference parent = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
                if (metadata.StringComparer.Equals(parent.Namespace, "System.Linq.Expressions")
                    || metadata.StringComparer.Equals(parent.Namespace, "System.Runtime.CompilerServices")
                    || metadata.StringComparer.Equals(parent.Namespace, "System.Runtime.InteropServices")
                    || metadata.StringComparer.Equals(parent.Namespace, "System") && metadata.StringComparer.Equals(parent.Name, "Array"))
                {
                    return false;
                }
            }

            blob = member.Signature;
        }
        else if (method.Kind == HandleKind.MethodDefinition)
        {
            MethodDefinition definition = metadata.GetMethodDefinition((MethodDefinitionHandle)method);
            if (metadata.GetString(definition.Name).StartsWith('<'))
            {
                return false;
            }

            blob = definition.Signature;
        }
        else
        {
            return false;
        }

        int arity = signature.GenericArity(blob);
        signature.Clear();
        signature.ReadMethod(blob, parametersOnly: true);
        ulong all = arity >= 64 ? ulong.MaxValue : (1UL << arity) - 1;
        return (signature.MethodParameters & all) != all;
    }

    private void AddType(EntityHandle type, UseKind headKind, UseKind argumentKind, int offset)
    {
        if (type.Kind == HandleKind.TypeReference)
        {
            Add(type, headKind, default, offset);
        }
        else if (type.Kind == HandleKind.TypeSpecification)
        {
            signature.Clear();
            signature.ReadSpecification((TypeSpecificationHandle)type);
            for (int i = 0; i < signature.Types.Count; i++)
            {
                UseKind kind = i == 0 ? headKind : argumentKind;
                Add(signature.Types[i], kind == UseKind.TypeArgument && isFSharp ? UseKind.Mentioned : kind, default, offset);
            }
        }
    }

    private void Add(EntityHandle type, UseKind kind, EntityHandle member, int offset)
    {
        if (type.Kind == HandleKind.TypeReference && uses.Known((TypeReferenceHandle)type, kind) < _enough)
        {
            _pending.Add(new Pending(type, kind, member, offset));
        }
    }

    private EntityHandle Handle(int token)
    {
        effort.Spend(1);
        EntityHandle handle = MetadataTokens.EntityHandle(token);
        return handle.IsNil ? throw new BadImageFormatException("An instruction names nothing.") : handle;
    }

    /// <summary>A use whose place is still to be found.</summary>
    private readonly struct Pending(EntityHandle type, UseKind kind, EntityHandle member, int offset)
    {
        public EntityHandle Type => type;

        public UseKind Kind => kind;

        public EntityHandle Member => member;

        public int Offset => offset;
    }

    /// <summary>A type that is loaded by name; what comes later in the body tells whether somebody wrote it.</summary>
    private readonly struct Token(EntityHandle type, int offset)
    {
        public EntityHandle Type => type;

        public int Offset => offset;
    }
}
