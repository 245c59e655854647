using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using ReproGate.Assemblies.Reading;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Names of methods' parameters, each made once: few are used by one method only, and the writer notes in each what it knows of it.</summary>
internal sealed class ParameterNames(MetadataReader metadata, TypeNames names, Effort effort)
{
    private readonly ByHandle<StringHandle, TextValue> _known = new(metadata.GetTableRowCount(TableIndex.Param) / 4);
    private readonly TextValue _nameless = new("");
    private TextValue[] _found = [];

    /// <summary>Names of a method's parameters; good until the next method is asked for.</summary>
    /// <param name="method">The method.</param>
    /// <param name="count">How many parameters it has, <c>this</c> not among them.</param>
    public ReadOnlySpan<TextValue> Of(MethodDefinitionHandle method, int count)
    {
        if (count == 0)
        {
            return [];
        }

        if (_found.Length < count)
        {
            _found = new TextValue[2 * count];
        }

        Span<TextValue> found = _found.AsSpan(0, count);
        found.Fill(_nameless);
        foreach (ParameterHandle handle in metadata.GetMethodDefinition(method).GetParameters())
        {
            effort.Spend(1);
            Parameter parameter = metadata.GetParameter(handle);
            if ((uint)(parameter.SequenceNumber - 1) < (uint)count)
            {
                found[parameter.SequenceNumber - 1] = Name(parameter.Name);
            }
        }

        return found;
    }

    private TextValue Name(StringHandle handle)
    {
        TextValue? name = _known.Find(handle);
        if (name is null)
        {
            name = new TextValue(names.Text(handle));
            _known.Add(handle, name);
        }

        return name;
    }
}
