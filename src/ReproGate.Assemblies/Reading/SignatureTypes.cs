using System.Reflection.Metadata;

namespace ReproGate.Assemblies.Reading;

/// <summary>
/// Collects the types that a signature names. System.Reflection.Metadata's own decoder recurses without a limit, which a
/// hostile signature turns into a stack overflow; this one is bounded and allocates nothing per node.
/// </summary>
internal sealed class SignatureTypes(MetadataReader metadata, Effort effort)
{
    private const int MaximumDepth = 64;

    /// <summary>The type definitions and references found since <see cref="Clear"/>, in order of appearance.</summary>
    public List<EntityHandle> Types { get; } = [];

    /// <summary>Bit n is set where generic method parameter n occurs (parameters above 63 count as 63).</summary>
    public ulong MethodParameters { get; private set; }

    /// <summary>True where the type specification is a plain type or a generic instance of one, false for arrays, pointers and type parameters.</summary>
    public bool HeadIsType { get; private set; }

    /// <summary>Forgets what was found.</summary>
    public void Clear()
    {
        Types.Clear();
        MethodParameters = 0;
        HeadIsType = false;
    }

    /// <summary>Reads a type specification.</summary>
    public void ReadSpecification(TypeSpecificationHandle handle)
    {
        BlobReader blob = Open(metadata.GetTypeSpecification(handle).Signature);
        HeadIsType = blob.RemainingBytes > 0 && Peek(blob) is 0x11 or 0x12 or 0x15;
        ReadType(ref blob, 0);
    }

    /// <summary>Reads a field's signature.</summary>
    public void ReadField(BlobHandle signature)
    {
        BlobReader blob = Open(signature);
        blob.ReadByte();
        ReadType(ref blob, 0);
    }

    /// <summary>Reads a method's or property's signature.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="parametersOnly">Forgets what the return type named.</param>
    public void ReadMethod(BlobHandle signature, bool parametersOnly = false)
    {
        BlobReader blob = Open(signature);
        ReadMethod(ref blob, 0, parametersOnly);
    }

    /// <summary>Reads the arguments of a generic method instance.</summary>
    public void ReadMethodArguments(BlobHandle signature)
    {
        BlobReader blob = Open(signature);
        blob.ReadByte();
        int count = blob.ReadCompressedInteger();
        for (int i = 0; i < count; i++)
        {
            ReadType(ref blob, 0);
        }
    }

    /// <summary>The number of type parameters of a generic method, 0 for any other.</summary>
    public int GenericArity(BlobHandle signature)
    {
        BlobReader blob = Open(signature);
        return (blob.ReadByte() & 0x10) != 0 ? blob.ReadCompressedInteger() : 0;
    }

    /// <summary>True for the signature <c>void (object, native int)</c>, which only delegates' constructors have.</summary>
    public bool IsDelegateConstructor(BlobHandle signature)
    {
        BlobReader blob = Open(signature);
        return blob.RemainingBytes == 5 && blob.ReadByte() == 0x20 && blob.ReadByte() == 2 && blob.ReadByte() == 0x01 && blob.ReadByte() == 0x1C && blob.ReadByte() == 0x18;
    }

    private BlobReader Open(BlobHandle handle)
    {
        BlobReader blob = metadata.GetBlobReader(handle);
        effort.Spend(blob.Length);
        return blob;
    }

    private void ReadMethod(ref BlobReader blob, int depth, bool parametersOnly)
    {
        byte header = blob.ReadByte();
        if ((header & 0x10) != 0)
        {
            blob.ReadCompressedInteger();
        }

        int count = blob.ReadCompressedInteger();
        ReadType(ref blob, depth + 1);
        if (parametersOnly)
        {
            Clear();
        }

        for (int i = 0; i < count; i++)
        {
            ReadType(ref blob, depth + 1);
        }
    }

    private void ReadType(ref BlobReader blob, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new BadImageFormatException("A signature is nested too deeply.");
        }

        while (true)
        {
            switch (blob.ReadByte())
            {
                case (>= 0x01 and <= 0x0E) or 0x16 or 0x18 or 0x19 or 0x1C:
                    return;
                case 0x0F or 0x10 or 0x1D or 0x41 or 0x45:
                    continue;
                case 0x11 or 0x12:
                    Add(blob.ReadTypeHandle(), depth);
                    return;
                case 0x13:
                    blob.ReadCompressedInteger();
                    return;
                case 0x1E:
                    MethodParameters |= 1UL << Math.Min(blob.ReadCompressedInteger(), 63);
                    return;
                case 0x14:
                    ReadType(ref blob, depth + 1);
                    blob.ReadCompressedInteger();
                    SkipIntegers(ref blob);
                    SkipIntegers(ref blob);
                    return;
                case 0x15:
                    blob.ReadByte();
                    Add(blob.ReadTypeHandle(), depth);
                    int count = blob.ReadCompressedInteger();
                    for (int i = 0; i < count; i++)
                    {
                        ReadType(ref blob, depth + 1);
                    }

                    return;
                case 0x1B:
                    ReadMethod(ref blob, depth + 1, parametersOnly: false);
                    return;
                case 0x1F or 0x20:
                    // The compiler's own choice (in, init, volatile), never a type the code names.
                    blob.ReadTypeHandle();
                    continue;
                default:
                    throw new BadImageFormatException("A signature holds an unknown type.");
            }
        }
    }

    private void Add(EntityHandle type, int depth)
    {
        effort.Spend(1);
        if (type.Kind == HandleKind.TypeSpecification)
        {
            BlobReader blob = Open(metadata.GetTypeSpecification((TypeSpecificationHandle)type).Signature);
            ReadType(ref blob, depth + 1);
        }
        else if (!type.IsNil)
        {
            Types.Add(type);
        }
    }

    private static byte Peek(BlobReader blob) => blob.ReadByte();

    private static void SkipIntegers(ref BlobReader blob)
    {
        int count = blob.ReadCompressedInteger();
        for (int i = 0; i < count; i++)
        {
            blob.ReadCompressedInteger();
        }
    }
}
