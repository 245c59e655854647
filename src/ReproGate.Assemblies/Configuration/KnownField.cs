using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>A field that code uses, with the values that most uses of it are, made once for all methods.</summary>
internal sealed class KnownField(CodeField field)
{
    private FieldValue? _static;
    private FieldValue? _ofThis;
    private FieldAddress? _addressOfStatic;
    private FieldAddress? _addressOfThis;

    public CodeField Field { get; } = field;

    /// <summary>It without an object.</summary>
    public FieldValue Static => _static ??= new FieldValue(Field, null);

    /// <summary>It in the first parameter, which is one object for all methods.</summary>
    public FieldValue OfThis(ParameterValue first) => _ofThis ??= new FieldValue(Field, first);

    /// <summary>The address of a value of this field: nothing but that value, so one of each is enough.</summary>
    public FieldAddress AddressOf(FieldValue value) => ReferenceEquals(value, _ofThis) ? _addressOfThis ??= new FieldAddress(value)
        : ReferenceEquals(value, _static) ? _addressOfStatic ??= new FieldAddress(value)
        : new FieldAddress(value);
}
