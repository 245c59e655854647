using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>An address; lives only while a method is evaluated.</summary>
internal abstract class AddressValue : CodeValue
{
    // No other value has such a depth, so that addresses are told by a comparison: most values that are asked are none.
    protected AddressValue() => Depth = -1;

    /// <summary>Whether a value is an address.</summary>
    public static bool IsAddress(CodeValue value) => value.Depth < 0;
}

/// <summary>The address of a local variable or parameter.</summary>
internal sealed class SlotAddress(int slot) : AddressValue
{
    public int Slot { get; } = slot;
}

/// <summary>The address of a field.</summary>
internal sealed class FieldAddress(FieldValue field) : AddressValue
{
    public FieldValue Field { get; } = field;
}

/// <summary>The address of an array's element, also of the compiler's inline arrays.</summary>
internal sealed class ElementAddress(ListValue list, int index) : AddressValue
{
    public ListValue List { get; } = list;

    public int Index { get; } = index;
}

/// <summary>The address of code, before it becomes a delegate.</summary>
internal sealed class FunctionAddress(CodeMethodReference method) : AddressValue
{
    public CodeMethodReference Method { get; } = method;
}
