#pragma OPENCL EXTENSION cl_khr_fp64 : enable  
#pragma OPENCL EXTENSION cl_khr_fp16 : enable  
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable  
__kernel void largest(__global long *_kernel_context, __constant uchar *_constant_region, __local uchar *_local_region, __global int *_atomics, __global uchar *run, __global uchar *x, __global uchar *y, __private int items, __private int blocks, __private int choices)
{
  int i_19, i_83, i_20, i_84, i_22, i_86, i_27, i_91, i_28, i_92, i_30, i_94, i_67, i_4, i_68, i_7, i_8, i_5, i_133, i_6, i_70, i_75, i_76, i_14, i_78, i_51, i_52, i_113, i_114, i_120, i_54, i_59, i_60, i_121, i_127, i_128, i_62, i_35, i_99, i_36, i_100, i_38, i_43, i_107, i_44, i_106, i_46; 
  ulong ul_104, ul_41, ul_73, ul_12, ul_111, ul_17, ul_49, ul_81, ul_118, ul_25, ul_57, ul_89, ul_125, ul_0, ul_2, ul_1, ul_33, ul_65, ul_97, ul_132, ul_3; 
  long l_116, l_117, l_47, l_48, l_109, l_110, l_39, l_103, l_40, l_131, l_63, l_64, l_129, l_130, l_123, l_124, l_55, l_56, l_15, l_79, l_16, l_80, l_11, l_71, l_72, l_9, l_10, l_102, l_31, l_95, l_32, l_96, l_23, l_87, l_24, l_88; 
  float f_34, f_98, f_37, f_101, f_105, f_42, f_108, f_45, f_18, f_82, f_21, f_85, f_26, f_90, f_29, f_93, f_126, f_66, f_69, f_74, f_13, f_77, f_112, f_50, f_115, f_53, f_119, f_58, f_122, f_61; 

  // BLOCK 0
  ul_0  =  (ulong) run;
  ul_1  =  (ulong) x;
  ul_2  =  (ulong) y;
  ul_3  =  ul_0 + 44L;
  i_4  =  *((__global int *) ul_3);
  i_5  =  get_global_size(0);
  i_6  =  get_global_id(0);
  // BLOCK 1 MERGES [0 47 ]
  i_7  =  i_6;
  for(;i_7 < i_4;)
  {
    // BLOCK 2
    i_8  =  i_7 << 4;
    l_9  =  (long) i_8;
    l_10  =  l_9 + 4L;
    l_11  =  l_10 << 2;
    ul_12  =  ul_1 + l_11;
    f_13  =  *((__global float *) ul_12);
    i_14  =  i_8 + 5;
    l_15  =  (long) i_14;
    l_16  =  l_15 << 2;
    ul_17  =  ul_1 + l_16;
    f_18  =  *((__global float *) ul_17);
    i_19  =  isless(f_13, f_18);
    if(i_19 == 1)
    {
      // BLOCK 3
      i_20  =  1;
      f_21  =  f_18;
    }  // B2
    else
    {
      // BLOCK 4
      i_20  =  0;
      f_21  =  f_13;
    }  // B2
    // BLOCK 5 MERGES [4 3 ]
    i_22  =  i_8 + 6;
    l_23  =  (long) i_22;
    l_24  =  l_23 << 2;
    ul_25  =  ul_1 + l_24;
    f_26  =  *((__global float *) ul_25);
    i_27  =  isless(f_21, f_26);
    if(i_27 == 1)
    {
      // BLOCK 6
      i_28  =  2;
      f_29  =  f_26;
    }  // B5
    else
    {
      // BLOCK 7
      i_28  =  i_20;
      f_29  =  f_21;
    }  // B5
    // BLOCK 8 MERGES [7 6 ]
    i_30  =  i_8 + 7;
    l_31  =  (long) i_30;
    l_32  =  l_31 << 2;
    ul_33  =  ul_1 + l_32;
    f_34  =  *((__global float *) ul_33);
    i_35  =  isless(f_29, f_34);
    if(i_35 == 1)
    {
      // BLOCK 9
      i_36  =  3;
      f_37  =  f_34;
    }  // B8
    else
    {
      // BLOCK 10
      i_36  =  i_28;
      f_37  =  f_29;
    }  // B8
    // BLOCK 11 MERGES [10 9 ]
    i_38  =  i_8 + 8;
    l_39  =  (long) i_38;
    l_40  =  l_39 << 2;
    ul_41  =  ul_1 + l_40;
    f_42  =  *((__global float *) ul_41);
    i_43  =  isless(f_37, f_42);
    if(i_43 == 1)
    {
      // BLOCK 12
      i_44  =  4;
      f_45  =  f_42;
    }  // B11
    else
    {
      // BLOCK 13
      i_44  =  i_36;
      f_45  =  f_37;
    }  // B11
    // BLOCK 14 MERGES [13 12 ]
    i_46  =  i_8 + 9;
    l_47  =  (long) i_46;
    l_48  =  l_47 << 2;
    ul_49  =  ul_1 + l_48;
    f_50  =  *((__global float *) ul_49);
    i_51  =  isless(f_45, f_50);
    if(i_51 == 1)
    {
      // BLOCK 15
      i_52  =  5;
      f_53  =  f_50;
    }  // B14
    else
    {
      // BLOCK 16
      i_52  =  i_44;
      f_53  =  f_45;
    }  // B14
    // BLOCK 17 MERGES [16 15 ]
    i_54  =  i_8 + 10;
    l_55  =  (long) i_54;
    l_56  =  l_55 << 2;
    ul_57  =  ul_1 + l_56;
    f_58  =  *((__global float *) ul_57);
    i_59  =  isless(f_53, f_58);
    if(i_59 == 1)
    {
      // BLOCK 18
      i_60  =  6;
      f_61  =  f_58;
    }  // B17
    else
    {
      // BLOCK 19
      i_60  =  i_52;
      f_61  =  f_53;
    }  // B17
    // BLOCK 20 MERGES [19 18 ]
    i_62  =  i_8 + 11;
    l_63  =  (long) i_62;
    l_64  =  l_63 << 2;
    ul_65  =  ul_1 + l_64;
    f_66  =  *((__global float *) ul_65);
    i_67  =  isless(f_61, f_66);
    if(i_67 == 1)
    {
      // BLOCK 21
      i_68  =  7;
      f_69  =  f_66;
    }  // B20
    else
    {
      // BLOCK 22
      i_68  =  i_60;
      f_69  =  f_61;
    }  // B20
    // BLOCK 23 MERGES [22 21 ]
    i_70  =  i_8 + 12;
    l_71  =  (long) i_70;
    l_72  =  l_71 << 2;
    ul_73  =  ul_1 + l_72;
    f_74  =  *((__global float *) ul_73);
    i_75  =  isless(f_69, f_74);
    if(i_75 == 1)
    {
      // BLOCK 24
      i_76  =  8;
      f_77  =  f_74;
    }  // B23
    else
    {
      // BLOCK 25
      i_76  =  i_68;
      f_77  =  f_69;
    }  // B23
    // BLOCK 26 MERGES [25 24 ]
    i_78  =  i_8 + 13;
    l_79  =  (long) i_78;
    l_80  =  l_79 << 2;
    ul_81  =  ul_1 + l_80;
    f_82  =  *((__global float *) ul_81);
    i_83  =  isless(f_77, f_82);
    if(i_83 == 1)
    {
      // BLOCK 27
      i_84  =  9;
      f_85  =  f_82;
    }  // B26
    else
    {
      // BLOCK 28
      i_84  =  i_76;
      f_85  =  f_77;
    }  // B26
    // BLOCK 29 MERGES [28 27 ]
    i_86  =  i_8 + 14;
    l_87  =  (long) i_86;
    l_88  =  l_87 << 2;
    ul_89  =  ul_1 + l_88;
    f_90  =  *((__global float *) ul_89);
    i_91  =  isless(f_85, f_90);
    if(i_91 == 1)
    {
      // BLOCK 30
      i_92  =  10;
      f_93  =  f_90;
    }  // B29
    else
    {
      // BLOCK 31
      i_92  =  i_84;
      f_93  =  f_85;
    }  // B29
    // BLOCK 32 MERGES [31 30 ]
    i_94  =  i_8 + 15;
    l_95  =  (long) i_94;
    l_96  =  l_95 << 2;
    ul_97  =  ul_1 + l_96;
    f_98  =  *((__global float *) ul_97);
    i_99  =  isless(f_93, f_98);
    if(i_99 == 1)
    {
      // BLOCK 33
      i_100  =  11;
      f_101  =  f_98;
    }  // B32
    else
    {
      // BLOCK 34
      i_100  =  i_92;
      f_101  =  f_93;
    }  // B32
    // BLOCK 35 MERGES [34 33 ]
    l_102  =  l_71 + 4L;
    l_103  =  l_102 << 2;
    ul_104  =  ul_1 + l_103;
    f_105  =  *((__global float *) ul_104);
    i_106  =  isless(f_101, f_105);
    if(i_106 == 1)
    {
      // BLOCK 36
      i_107  =  12;
      f_108  =  f_105;
    }  // B35
    else
    {
      // BLOCK 37
      i_107  =  i_100;
      f_108  =  f_101;
    }  // B35
    // BLOCK 38 MERGES [37 36 ]
    l_109  =  l_79 + 4L;
    l_110  =  l_109 << 2;
    ul_111  =  ul_1 + l_110;
    f_112  =  *((__global float *) ul_111);
    i_113  =  isless(f_108, f_112);
    if(i_113 == 1)
    {
      // BLOCK 39
      i_114  =  13;
      f_115  =  f_112;
    }  // B38
    else
    {
      // BLOCK 40
      i_114  =  i_107;
      f_115  =  f_108;
    }  // B38
    // BLOCK 41 MERGES [40 39 ]
    l_116  =  l_87 + 4L;
    l_117  =  l_116 << 2;
    ul_118  =  ul_1 + l_117;
    f_119  =  *((__global float *) ul_118);
    i_120  =  isless(f_115, f_119);
    if(i_120 == 1)
    {
      // BLOCK 42
      i_121  =  14;
      f_122  =  f_119;
    }  // B41
    else
    {
      // BLOCK 43
      i_121  =  i_114;
      f_122  =  f_115;
    }  // B41
    // BLOCK 44 MERGES [43 42 ]
    l_123  =  l_95 + 4L;
    l_124  =  l_123 << 2;
    ul_125  =  ul_1 + l_124;
    f_126  =  *((__global float *) ul_125);
    i_127  =  isless(f_122, f_126);
    if(i_127 == 1)
    {
      // BLOCK 45
      i_128  =  15;
    }  // B44
    else
    {
      // BLOCK 46
      i_128  =  i_121;
    }  // B44
    // BLOCK 47 MERGES [46 45 ]
    l_129  =  (long) i_7;
    l_130  =  l_129 + 4L;
    l_131  =  l_130 << 2;
    ul_132  =  ul_2 + l_131;
    *((__global int *) ul_132)  =  i_128;
    i_133  =  i_5 + i_7;
    i_7  =  i_133;
  }  // B1
  // BLOCK 48
  return;
}  //  kernel
