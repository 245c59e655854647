using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>A field that code uses, with the values that most uses of it are, made once for all methods.</summary>
internal sealed class KnownField(CodeField field)
{
    private FieldValue? _static;
    private FieldValue? _ofThis;

    public CodeField Field { get; } = field;

    /// <summary>It without an object.</summary>
    public FieldValue Static => _static ??= new FieldValue(Field, null);

    /// <summary>It in the first parameter, which is one object for all methods.</summary>
    public FieldValue OfThis(ParameterValue first) => _ofThis ??= new FieldValue(Field, first);
}
