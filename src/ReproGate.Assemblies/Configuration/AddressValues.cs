using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>The address of a local variable or parameter; lives only while a method is evaluated.</summary>
internal sealed class SlotAddress(int slot) : CodeValue
{
    public int Slot { get; } = slot;
}

/// <summary>The address of a field.</summary>
internal sealed class FieldAddress(FieldValue field) : CodeValue
{
    public FieldValue Field { get; } = field;
}

/// <summary>The address of an array's element, also of the compiler's inline arrays.</summary>
internal sealed class ElementAddress(ListValue list, int index) : CodeValue
{
    public ListValue List { get; } = list;

    public int Index { get; } = index;
}

/// <summary>The address of code, before it becomes a delegate.</summary>
internal sealed class FunctionAddress(CodeMethodReference method) : CodeValue
{
    public CodeMethodReference Method { get; } = method;
}
