using System.Reflection;
using System.Reflection.Emit;

namespace ReproGate.Assemblies.Configuration;

/// <summary>What each instruction takes from the evaluation stack and leaves on it, from .NET's own table.</summary>
internal static class Opcodes
{
    /// <summary>A call: the count depends on the method.</summary>
    public const sbyte Varies = -1;

    private static readonly (sbyte Pops, sbyte Pushes)[] Table = Build();

    /// <summary>Values taken and left.</summary>
    /// <param name="code">The instruction's number; 0xFE00 is added to two-byte ones.</param>
    public static (sbyte Pops, sbyte Pushes) Of(int code) => Table[code >= 0xFE00 ? 256 + (code & 0xFF) : code];

    private static (sbyte, sbyte)[] Build()
    {
        var table = new (sbyte, sbyte)[512];
        foreach (FieldInfo field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            if (field.GetValue(null) is OpCode code)
            {
                int value = (ushort)code.Value;
                table[value >= 0xFE00 ? 256 + (value & 0xFF) : value & 0xFF] = (Count(code.StackBehaviourPop), Count(code.StackBehaviourPush));
            }
        }

        return table;
    }

    private static sbyte Count(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Pop0 or StackBehaviour.Push0 => 0,
        StackBehaviour.Varpop or StackBehaviour.Varpush => Varies,
        // Values are joined by an underscore: Popref_popi_popi takes three.
        _ => (sbyte)(behaviour.ToString().Count(static c => c == '_') + 1),
    };
}
