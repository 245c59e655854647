using System.Globalization;
using System.Reflection.Metadata;
using System.Runtime.InteropServices;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Values of constants, each made once for all methods of an assembly.</summary>
internal sealed class ConstantValues(MetadataReader metadata)
{
    // Their tables stay so small that the garbage collector does not treat them as large: making a large object is an occasion to look through all memory.
    private const int MaximumTexts = 1900;

    private readonly Dictionary<string, TextValue> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NumberValue> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<long, NumberValue> _integers = [];
    private readonly NumberValue?[] _small = new NumberValue?[130];
    private ByHandle<UserStringHandle, TextValue> _byHandle = new(MaximumTexts / 2);

    /// <summary>Goes to another method; forgets texts where there are too many of them.</summary>
    public void Begin()
    {
        if (_texts.Count > MaximumTexts)
        {
            _texts.Clear();
            _byHandle = new ByHandle<UserStringHandle, TextValue>(MaximumTexts / 2);
        }
    }

    /// <summary>A string of the metadata; null where it has not been met.</summary>
    public TextValue? Find(UserStringHandle handle) => _byHandle.Find(handle);

    /// <summary>A string of the metadata that has not been met.</summary>
    public TextValue Add(UserStringHandle handle)
    {
        TextValue value = Text(metadata.GetUserString(handle));
        _byHandle.Add(handle, value);
        return value;
    }

    /// <summary>A string.</summary>
    public TextValue Text(string text) => CollectionsMarshal.GetValueRefOrAddDefault(_texts, text, out _) ??= new TextValue(text);

    /// <summary>A whole number.</summary>
    public NumberValue Number(long number)
    {
        ref NumberValue? value = ref number is >= -1 and < 128 ? ref _small[number + 1] : ref CollectionsMarshal.GetValueRefOrAddDefault(_integers, number, out _);
        return value ??= Number(number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A number in invariant text.</summary>
    public NumberValue Number(string text) => CollectionsMarshal.GetValueRefOrAddDefault(_numbers, text, out _) ??= new NumberValue(text);
}
